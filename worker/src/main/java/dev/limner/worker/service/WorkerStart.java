package dev.limner.worker.service;

import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.intake.ClusterId;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.release.ReleaseReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker waits for before it takes jobs, on a thread of its own: brokers that answer, what they say is live, that
 * release itself, the cancellations. None of it has an end that time sets, because a new process would wait for the same:
 * the worker is alive meanwhile, not ready, and says why. Questions are safe from any thread.
 */
final class WorkerStart {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerStart.class);

    private final WorkerSettings settings;
    private final String device;
    private final String profile;
    private final Models models;
    private final Runnable begin;
    private final Consumer<Throwable> failed;
    private final Thread thread;
    private final MeterRegistry registry;
    private final List<Gauge> gauges;
    private final long sinceNanos = System.nanoTime();
    private volatile Phase phase = Phase.BROKERS;
    private volatile boolean stopped;

    private enum Phase {
        BROKERS,
        RECORDS,
        LIVE_RELEASE,
        BEGINNING,
        OVER
    }

    /** What the worker draws with. */
    interface Models {
        /** As {@link WorkerModels#follow()}. */
        void follow();

        /** As {@link WorkerModels#ready()}. */
        CompletableFuture<Void> ready();

        /** How far it is with what it was told to run. */
        ReleaseReport report();
    }

    /**
     * Not begun yet.
     *
     * @param device as people write it, for the status
     * @param profile of the execution, for the status
     * @param begin makes the worker take jobs; called once if at all
     * @param failed told what makes it impossible
     * @param registry tells of the waiting until the worker takes jobs, under the names it has from then on
     */
    WorkerStart(
            WorkerSettings settings,
            String device,
            String profile,
            Models models,
            Runnable begin,
            Consumer<Throwable> failed,
            MeterRegistry registry,
            FatalErrors errors) {
        this.settings = settings;
        this.device = device;
        this.profile = profile;
        this.models = models;
        this.begin = begin;
        this.failed = failed;
        this.thread = errors.thread("limner-start", this::run);
        this.registry = registry;
        this.gauges = List.of(
                Gauge.builder("limner.progress", () -> obstacles().isEmpty() ? 1 : 0)
                        .register(registry),
                Gauge.builder("limner.brokers.silent.seconds", () -> brokersAnswer() ? 0 : silentSeconds())
                        .register(registry));
    }

    void begin() {
        thread.start();
    }

    private void run() {
        try {
            var unused = ClusterId.await(
                    settings.intake().bootstrap(), settings.intake().client());
            phase = Phase.RECORDS;
            models.follow();
            // A worker without the live release owns no partitions: those who have it generate the jobs.
            phase = Phase.LIVE_RELEASE;
            models.ready().get();
            if (!stopped) {
                phase = Phase.BEGINNING;
                gauges.forEach(registry::remove);
                begin.run();
            }
        } catch (CancellationException | InterruptedException e) {
            LOG.debug("stopped before it took jobs");
        } catch (ExecutionException e) {
            failed(e);
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            phase = Phase.OVER;
        }
    }

    private void failed(Throwable why) {
        if (stopped) {
            LOG.atDebug().setCause(why).log("stopped before it took jobs");
        } else {
            failed.accept(why);
        }
    }

    /** What the worker waits for, for people; empty once nothing is left of it. */
    List<String> obstacles() {
        return switch (phase) {
            case BROKERS ->
                List.of("no Kafka broker has answered at " + settings.intake().bootstrap()
                        + " yet: no jobs are taken until one does");
            case RECORDS -> List.of("the model records are still read and what is live is loaded");
            case LIVE_RELEASE ->
                Stream.concat(
                                Stream.of("the live release is not available: no jobs are taken until it is"),
                                models.report().refused().stream()
                                        .map(refusal -> refusal.digest() + " is refused: " + refusal.reason()))
                        .toList();
            case BEGINNING -> List.of("the cancellations are still read");
            case OVER -> List.of();
        };
    }

    /** Whether brokers answer, as far as that is known. */
    boolean brokersAnswer() {
        return phase != Phase.BROKERS && models.report().failing().isEmpty();
    }

    private double silentSeconds() {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    /** What this worker says of itself before it takes jobs: it draws with nothing. Empty while there is nobody to tell. */
    Optional<WorkerStatus> status() {
        return switch (phase) {
            case BROKERS, OVER -> Optional.empty();
            case RECORDS, LIVE_RELEASE, BEGINNING -> Optional.of(nothingYet());
        };
    }

    private WorkerStatus nothingYet() {
        ReleaseReport report = models.report();
        return new WorkerStatus(
                settings.name(),
                "starting",
                device,
                profile,
                List.of(),
                report.revision(),
                report.refused(),
                0,
                0,
                0,
                0,
                null,
                settings.clock().instant());
    }

    /**
     * Ends the waiting. Jobs are not taken any more unless that had begun.
     *
     * @return whether it has ended within the budget
     */
    boolean end(StopBudget budget) {
        stopped = true;
        thread.interrupt();
        return ParallelClose.join(budget, List.of(thread));
    }
}
