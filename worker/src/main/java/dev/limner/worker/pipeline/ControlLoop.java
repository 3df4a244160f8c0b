package dev.limner.worker.pipeline;

import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.OutageBreaker;
import dev.limner.worker.admit.JobAdmission;
import dev.limner.worker.admit.PendingWork;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.health.ProgressWatch;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.publish.CommitScheduler;
import dev.limner.worker.publish.PublishingThread;
import dev.limner.worker.schedule.JobLanes;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.schedule.UnwantedJobs;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the consumer, the ledgers and says what is published. It polls, decodes, schedules and,
 * between polls, hands over what is to be published; the stages' threads only hand outcomes back. It never waits for
 * longer than a moment: while a publication takes longer, it polls on with everything paused.
 *
 * <p>Delivery: an outcome is published once and only while its partition is owned as it was when the record was
 * delivered; its offset or its mark in the ledger moves in the same transaction.
 */
final class ControlLoop implements Runnable, OwnershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final long TAIL_EVERY_NANOS = 1_000_000_000;
    /** A worker that is never idle must not let the offsets of its quiet partitions expire. */
    private static final long BUSY_TAIL_EVERY_NANOS = 60_000_000_000L;

    /** What a failed worker may take to close its connections. */
    private static final Duration FAILED_CLOSE = Duration.ofSeconds(5);

    private final WorkerSettings settings;
    private final WorkerMetrics metrics;
    private final FaultPoints faults;
    private final GenerationPipeline pipeline;
    private final JobSource source;
    private final PartitionTakeOver arrival;
    private final JobReceiver receiver;
    private final ProgressLook look;
    private final OwnedLedgers ledgers;
    private final CommitScheduler committer;
    private final BatchDispatcher dispatcher;
    private final PartitionHandOver departure;
    private final CompletionQueue completions;
    private long tailNanos = System.nanoTime();
    private boolean everythingTaken;
    private volatile @Nullable StopBudget budget;
    private volatile boolean stagesEnded;
    private volatile int owned;
    private volatile int waiting;
    private volatile int recovering;
    private volatile @Nullable Throwable failure;

    /**
     * Sets up the connections; {@link #run()} does the rest.
     *
     * @param splits shared with the pipeline
     * @param breakers while one is open nothing is fetched
     * @param completions where the pipeline puts outcomes
     * @param progress told of every round
     * @param errors hears of an {@link Error} on the publishing thread
     */
    ControlLoop(
            WorkerSettings settings,
            JobAdmission admission,
            UnwantedJobs unwanted,
            ModelCatalog models,
            OutcomePublications outcomes,
            WorkerMetrics metrics,
            GenerationPipeline pipeline,
            SplitJobs splits,
            List<OutageBreaker> breakers,
            CompletionQueue completions,
            ProgressWatch progress,
            FatalErrors errors) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = settings.faults();
        this.pipeline = pipeline;
        this.completions = completions;
        PendingWork pending = new PendingWork(
                settings.intake().mostPendingBytes(), settings.intake().topics());
        this.ledgers = new OwnedLedgers(settings.ledger());
        this.source = new JobSource(settings.intake(), faults.ownership(this));
        completions.connect(source::wakeUp);
        this.committer = new CommitScheduler(
                ledgers,
                new PublishingThread(settings.publish(), source::groupMetadata, faults, errors, completions::signal),
                settings.publish().commitInterval(),
                this::position,
                pending::published,
                metrics,
                faults::published);
        this.dispatcher = new BatchDispatcher(
                ledgers,
                admission,
                unwanted,
                outcomes,
                new JobLanes(
                        settings.batch(),
                        settings.intake().topics(),
                        settings.intake().bufferPerSource(),
                        settings.name() + "-" + Long.toString(System.currentTimeMillis(), 36),
                        models),
                models,
                pipeline,
                splits,
                pending,
                this::finish,
                () -> !committer.failing() && committer.publish());
        this.departure = new PartitionHandOver(
                settings, source, ledgers, committer, dispatcher, pipeline, completions, progress, this::collect);
        this.arrival = new PartitionTakeOver(settings, source, ledgers, committer);
        this.look = new ProgressLook(source, ledgers, pipeline, breakers, committer, progress, metrics);
        this.receiver = new JobReceiver(
                source,
                ledgers,
                committer,
                dispatcher,
                completions,
                Set.copyOf(settings.intake().topics()),
                look::outage);
        new WorkerGauges(metrics).records(() -> waiting, pending, () -> owned, () -> recovering, pipeline, committer);
    }

    @Override
    public void run() {
        try {
            StopBudget asked = budget;
            while (asked == null) {
                cycle();
                asked = budget;
            }
            departure.drain(asked);
        } catch (RuntimeException e) {
            failure = e;
            LOG.atError().addKeyValue("worker", settings.name()).setCause(e).log("control loop failed");
        } catch (Error e) {
            // Before anything is closed, which might wait for what no longer works.
            FatalErrors.tell(e);
            throw e;
        } finally {
            arrival.close();
            StopBudget asked = budget;
            stagesEnded = departure.close(asked == null ? new StopBudget(FAILED_CLOSE) : asked);
        }
    }

    private void cycle() {
        if (committer.busy()) {
            hold();
        } else {
            turn();
        }
        look.round();
    }

    private void turn() {
        everythingTaken = false;
        take(receiver.receive());
        requireStages();
        arrival.restore();
        recovering = arrival.waiting();
        collect();
        dispatcher.dispatch();
        committer.publishIfDue(!pipeline.idle());
        lookAtTails();
        owned = source.owned();
        waiting = ledgers.uncommitted();
    }

    /** A publication is on its way: nothing changes in the ledgers that it stands on, but the group hears of this member. */
    private void hold() {
        // The end of the publication rings.
        completions.await(JobReceiver.LONGEST_POLL);
        everythingTaken = false;
        take(receiver.receiveNothing());
        requireStages();
    }

    private void take(List<RecordDelivery> deliveries) {
        completions.awaken();
        deliveries.forEach(delivery -> dispatcher.take(faults.delivered(delivery)));
        everythingTaken = true;
    }

    private void requireStages() {
        Throwable broken = completions.failure();
        if (broken != null) {
            throw new IllegalStateException("a stage failed: " + broken, broken);
        }
    }

    /** Transaction markers behind the last job would look like a job that waits. */
    private void lookAtTails() {
        if (System.nanoTime() - tailNanos > (pipeline.idle() ? TAIL_EVERY_NANOS : BUSY_TAIL_EVERY_NANOS)) {
            tailNanos = System.nanoTime();
            ledgers.passed(this::position);
        }
    }

    private void collect() {
        for (FinishedRecord outcome = completions.poll(); outcome != null; outcome = completions.poll()) {
            finish(outcome);
        }
    }

    private void finish(FinishedRecord outcome) {
        Publication publication = outcome.publication();
        Publication answer = publication == null ? null : faults.answered(publication);
        boolean wanted = ledgers.finished(outcome.ref(), answer);
        dispatcher.answered(outcome.ref(), wanted ? answer : null);
        if (!wanted) {
            metrics.stale();
            LOG.atDebug()
                    .addKeyValue("record", outcome.ref().origin())
                    .log("an outcome is dropped: its partition was taken away");
        }
    }

    /**
     * The consumer's position says nothing as long as it has passed records that the ledgers do not know: those of a poll
     * that is not over, and those that a stopping worker has let go of.
     */
    private long position(PartitionRef partition) {
        return budget != null || !everythingTaken ? -1 : source.position(partition);
    }

    @Override
    public void revoked(Set<PartitionRef> partitions) {
        departure.revoked(partitions, budget);
        forget(partitions);
    }

    @Override
    public void lost(Set<PartitionRef> partitions) {
        forget(partitions);
    }

    private void forget(Set<PartitionRef> partitions) {
        arrival.release(partitions);
        committer.withdraw(partitions);
        ledgers.release(partitions);
        dispatcher.release(partitions);
    }

    /** Asks the loop to end; it does so within the budget. Safe from any thread. */
    void stop(StopBudget within) {
        budget = within;
        completions.signal();
    }

    boolean stopping() {
        return budget != null;
    }

    /** After the end: whether the pipeline's threads have ended too. */
    boolean stagesEnded() {
        return stagesEnded;
    }

    /** Whether the publishing thread runs. */
    boolean publishes() {
        return committer.alive();
    }

    int owned() {
        return owned;
    }

    int waiting() {
        return waiting;
    }

    long imagesDone() {
        return committer.imagesDone();
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
