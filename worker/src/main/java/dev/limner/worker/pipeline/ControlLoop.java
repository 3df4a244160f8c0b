package dev.limner.worker.pipeline;

import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.OutageBreaker;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.generate.ModelCatalog;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionDamage;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.ledger.ResultsHistory;
import dev.limner.worker.ledger.TakeOver;
import dev.limner.worker.ledger.TakeOvers;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.publish.PublishingThread;
import dev.limner.worker.schedule.JobLanes;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final Duration LONGEST_POLL = Duration.ofMillis(100);
    /** The other sources are looked at this often while one is full. */
    private static final Duration FULL_WAIT = Duration.ofMillis(20);

    private static final long TAIL_EVERY_NANOS = 1_000_000_000;
    /** A worker that is never idle must not let the offsets of its quiet partitions expire. */
    private static final long BUSY_TAIL_EVERY_NANOS = 60_000_000_000L;

    /** What a failed worker may take to close its connections. */
    private static final Duration FAILED_CLOSE = Duration.ofSeconds(5);

    private final WorkerSettings settings;
    private final WorkerMetrics metrics;
    private final FaultPoints faults;
    private final GenerationPipeline pipeline;
    private final List<OutageBreaker> breakers;
    private final JobSource source;
    private final TakeOvers takeOvers;
    private final OwnedLedgers ledgers;
    private final CommitScheduler committer;
    private final BatchDispatcher dispatcher;
    private final PartitionHandOver departure;
    private final CompletionQueue completions;
    private final ProgressWatch progress;
    private final Set<String> everything;
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
        this.breakers = List.copyOf(breakers);
        this.completions = completions;
        this.progress = progress;
        this.everything = Set.copyOf(settings.intake().topics());
        PendingWork pending = new PendingWork(
                settings.intake().mostPendingBytes(), settings.intake().topics());
        this.ledgers = new OwnedLedgers(settings.ledger());
        this.source = new JobSource(settings.intake(), faults.ownership(this));
        completions.connect(source::wakeUp);
        this.takeOvers = new TakeOvers(new ResultsHistory(
                settings.intake().bootstrap(),
                settings.publish().resultsTopic(),
                settings.intake().client(),
                source::wakeUp));
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
        metrics.gauge("limner.jobs.waiting", "Jobs that are read and wait for a micro-batch.", "jobs", () -> waiting);
        metrics.gauge(
                "limner.pending.bytes",
                "Records that are held until they have their results.",
                "bytes",
                pending::bytes);
        metrics.gauge(
                "limner.partitions.owned", "Partitions that this worker takes jobs from.", "partitions", () -> owned);
        metrics.gauge(
                "limner.partitions.recovering",
                "Partitions of which it is not yet known what is done in them.",
                "partitions",
                () -> recovering);
        metrics.gauge(
                "limner.jobs.inflight", "Jobs between their micro-batch and the store.", "jobs", pipeline::inFlight);
        metrics.gauge(
                "limner.publications.failed.row",
                "Transactions that failed one after another, up to now.",
                "transactions",
                () -> committer.state().failures());
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
            takeOvers.close();
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
        if (progress.round()) {
            look();
        }
    }

    private void turn() {
        take(receive());
        requireStages();
        restore();
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
        completions.await(LONGEST_POLL);
        take(pollNothing());
        requireStages();
    }

    /** With everything paused nothing new is fetched; what a rebalance might bring in is taken all the same. */
    private List<RecordDelivery> pollNothing() {
        everythingTaken = false;
        return source.poll(Duration.ZERO, everything, Set.of());
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

    private void look() {
        Set<String> obstacles = new LinkedHashSet<>(committer.obstacles());
        source.refusal().ifPresent(obstacles::add);
        List<PartitionDamage> damages = source.damages();
        damages.forEach(damage -> obstacles.add(damage.sentence()));
        ProgressWatch.Findings found = progress.look(new ProgressWatch.Sight(
                source.partitions(),
                ledgers.owned(),
                ledgers.oldest(),
                pipeline.idle() && !outage(),
                source.receivedBytes(),
                committer.state(),
                obstacles,
                pipeline.stages()));
        metrics.still(found.still());
        metrics.unknown(found.unknown());
        metrics.unreadable(
                damages.stream().collect(Collectors.toMap(PartitionDamage::partition, PartitionDamage::since)));
    }

    /** Whether something that every job needs is unavailable. */
    private boolean outage() {
        return breakers.stream().anyMatch(OutageBreaker::open);
    }

    /** New partitions are marked as held before anything of them is delivered. */
    private void restore() {
        List<PartitionAssignment> found =
                source.assignments().stream().map(faults::assigned).toList();
        List<TakeOver> settled = takeOvers.settle(found);
        recovering = takeOvers.waiting();
        if (settled.isEmpty()) {
            return;
        }
        for (TakeOver known : settled) {
            if (source.begin(known.partition(), known.ownership(), known.topicId(), known.offset())) {
                ledgers.restore(known);
            }
        }
        var unused = committer.publish();
    }

    /** Transaction markers behind the last job would look like a job that waits. */
    private void lookAtTails() {
        if (System.nanoTime() - tailNanos > (pipeline.idle() ? TAIL_EVERY_NANOS : BUSY_TAIL_EVERY_NANOS)) {
            tailNanos = System.nanoTime();
            ledgers.passed(this::position);
        }
    }

    /**
     * Waits for records or for news of the stages. Not in the consumer while a source is full or cannot be read on: it
     * spins through its whole timeout, a core's worth, as long as it holds fetched records of a paused partition.
     */
    private List<RecordDelivery> receive() {
        everythingTaken = false;
        Set<String> full = new HashSet<>(dispatcher.full());
        if (committer.failing() || outage()) {
            full.addAll(settings.intake().topics());
        }
        Set<PartitionRef> closed = ledgers.closed();
        Duration timeout = pollTimeout();
        if (full.isEmpty() && closed.isEmpty() && source.readable()) {
            return source.poll(completions.leave(timeout), full, closed);
        }
        // Without brokers every poll costs the consumer's own thread a look at each of them.
        Duration wait = committer.failing() ? LONGEST_POLL : FULL_WAIT;
        completions.await(timeout.compareTo(wait) < 0 ? timeout : wait);
        return source.poll(Duration.ZERO, full, closed);
    }

    /** Until the next thing is due by the clock; a stage that hands something back or takes a batch ends it sooner. */
    private Duration pollTimeout() {
        if (!completions.isEmpty()) {
            return Duration.ZERO;
        }
        // What cannot be published need not be generated in a hurry.
        long due = committer.failing() ? Long.MAX_VALUE : dispatcher.nanosUntilDue();
        long nanos = Math.min(LONGEST_POLL.toNanos(), due);
        return Duration.ofNanos(Math.min(nanos, committer.nanosUntilDue()));
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
            LOG.atDebug().addKeyValue("record", outcome.ref().origin()).log("outcome of a partition that is gone");
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
        takeOvers.release(partitions);
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
