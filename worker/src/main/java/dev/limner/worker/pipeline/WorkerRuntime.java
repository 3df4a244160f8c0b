package dev.limner.worker.pipeline;

import dev.limner.generator.device.ExecutionProfile;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.MeteredStore;
import dev.limner.store.ObjectStore;
import dev.limner.store.OutageBreaker;
import dev.limner.store.RetryingStore;
import dev.limner.worker.admit.JobAdmission;
import dev.limner.worker.admit.LargeOriginals;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.health.ProgressWatch;
import dev.limner.worker.intake.RecentIds;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.schedule.CancellationSet;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.schedule.UnwantedJobs;
import dev.limner.worker.store.StoreStage;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A worker: the stages wired together and the thread that drives them. Started by its constructor; {@link #close()}
 * finishes what is on the device, commits and leaves the group. Does not own the models or the store.
 */
public final class WorkerRuntime implements AutoCloseable {
    private static final Duration FAILED_CLOSE = Duration.ofSeconds(5);

    private final WorkerSettings settings;
    private final ModelCatalog models;
    private final ReleaseReport releases;
    private final String device;
    private final ExecutionProfile profile;
    private final CancellationSet cancellations;
    private final GenerationPipeline pipeline;
    private final ControlLoop control;
    private final ProgressWatch progress = new ProgressWatch(System::nanoTime);
    private final Thread thread;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private long statusNanos = System.nanoTime();
    private long statusImages;

    /**
     * Reads the cancellations, however long the brokers are unavailable, then connects and starts.
     *
     * @param releases how far the worker is with the models topic
     * @param device as people write it, for the status
     * @param errors hears of an {@link Error} on any of its threads
     * @throws CancellationException if the thread is interrupted meanwhile
     */
    public WorkerRuntime(
            WorkerSettings settings,
            ModelCatalog models,
            ReleaseReport releases,
            ObjectStore store,
            String device,
            ExecutionProfile profile,
            MeterRegistry registry,
            FatalErrors errors) {
        this.settings = settings;
        this.models = models;
        this.releases = releases;
        this.device = device;
        this.profile = profile;
        this.cancellations = new CancellationSet(
                settings.intake().bootstrap(), settings.topics().cancellations(), settings.name(), settings.clock());
        // Before anything else is made that would have to be taken back.
        awaitCancellations();
        WorkerMetrics metrics = new WorkerMetrics(registry);
        OutageBreaker storeBreaker = new OutageBreaker("store", null, stopping::get);
        OutageBreaker deviceBreaker =
                new OutageBreaker("device", settings.limits().deviceOutage(), stopping::get);
        WorkerGauges gauges = new WorkerGauges(metrics);
        gauges.circuits(storeBreaker, deviceBreaker);
        gauges.models(models);
        ObjectStore safe = new RetryingStore(new MeteredStore(store, registry), storeBreaker);
        OutcomePublications outcomes = new OutcomePublications(settings.name(), profile.name(), settings.clock());
        UnwantedJobs unwanted = new UnwantedJobs(settings.faults().cancellations(cancellations::of), outcomes);
        CompletionQueue completions = new CompletionQueue();
        JobAdmission admission = new JobAdmission(
                models,
                outcomes,
                new LargeOriginals(
                        outcomes,
                        safe,
                        outcome -> completions.put(List.of(outcome)),
                        error -> errors.uncaughtException(Thread.currentThread(), error)),
                new RecentIds(settings.recentIds()),
                unwanted::answer);
        SplitJobs splits = new SplitJobs();
        this.pipeline = new GenerationPipeline(
                settings.threads(),
                new GenerationPipeline.Stages(
                        new GenerateStage(deviceBreaker),
                        new EncodeStage(settings.software(), settings.writeCaptions(), settings.faults()::caption),
                        new StoreStage(safe)),
                outcomes,
                metrics,
                completions,
                splits,
                settings.faults(),
                unwanted,
                errors);
        gauges.progress(progress);
        gauges.stages(pipeline);
        ControlLoop loop;
        try {
            loop = new ControlLoop(
                    settings,
                    admission,
                    unwanted,
                    models,
                    outcomes,
                    metrics,
                    pipeline,
                    splits,
                    List.of(storeBreaker, deviceBreaker),
                    completions,
                    progress,
                    errors);
        } catch (RuntimeException e) {
            admission.close();
            var unused = pipeline.close(new StopBudget(FAILED_CLOSE));
            cancellations.close();
            throw e;
        }
        this.control = loop;
        this.thread = errors.thread("limner-control", control);
        thread.start();
    }

    /** A job that was cancelled before this worker started must not be generated by it. */
    private void awaitCancellations() {
        try {
            cancellations.awaitCaughtUp();
        } catch (CancellationException e) {
            cancellations.close();
            throw e;
        }
    }

    /**
     * Whether all threads are there and the control thread goes round. Brokers, a store or a device that do not answer, a
     * model that is loading and a long backlog change nothing about that.
     */
    public boolean alive() {
        return thread.isAlive() && progress.turning() && pipeline.alive() && control.publishes();
    }

    /** Whether some broker has answered lately. */
    public boolean brokersAnswer() {
        return progress.brokersAnswer();
    }

    /** Why nothing moves although it could, one sentence each; empty while everything does. */
    public List<String> obstacles() {
        List<String> found = new ArrayList<>(progress.reasons());
        cancellations.failing().ifPresent(why -> found.add("cancellations are not read: " + why));
        releases.failing().ifPresent(why -> found.add("model records are not read: " + why));
        return found;
    }

    /** Whether this worker owns partitions and takes jobs. */
    public boolean taking() {
        return thread.isAlive() && !control.stopping() && control.owned() > 0;
    }

    /** What ended the control thread; null while it runs or when it was asked to stop. */
    public @Nullable Throwable failure() {
        return control.failure();
    }

    /** Waits until the control thread has ended by itself or by {@link #close()}. */
    public void join() throws InterruptedException {
        thread.join();
    }

    /** What this worker is doing; rates are over the time since the last call. */
    public synchronized WorkerStatus status() {
        long now = System.nanoTime();
        long images = control.imagesDone();
        double seconds = Math.max(1e-3, (now - statusNanos) / 1e9);
        double rate = Math.round((images - statusImages) / seconds * 10) / 10.0;
        statusNanos = now;
        statusImages = images;
        GenerationPipeline.LastBatch last = pipeline.last();
        String state = control.stopping() ? "stopping" : control.owned() == 0 ? "starting" : "running";
        return new WorkerStatus(
                settings.name(),
                state,
                device,
                profile.name(),
                models.status(),
                releases.revision(),
                releases.refused(),
                control.owned(),
                control.waiting(),
                images,
                rate,
                last == null ? null : new WorkerStatus.LastBatch(last.images(), last.deviceMillis()),
                settings.clock().instant());
    }

    @Override
    public void close() {
        var unused = close(new StopBudget(settings.limits().stop()));
    }

    /**
     * Finishes what is on the device, commits and leaves the group, all within the budget.
     *
     * @return whether nothing uses the models any more
     */
    public boolean close(StopBudget budget) {
        stopping.set(true);
        control.stop(budget);
        boolean ended = ParallelClose.join(budget, List.of(thread));
        // What still reads is of no use to anybody, so it has no more time than is left.
        return ParallelClose.all(budget, List.of(cancellations)) && ended && control.stagesEnded();
    }
}
