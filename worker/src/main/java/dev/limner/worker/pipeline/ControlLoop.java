package dev.limner.worker.pipeline;

import dev.limner.worker.drill.Sabotage;
import dev.limner.worker.fault.Breaker;
import dev.limner.worker.generate.ModelSlots;
import dev.limner.worker.intake.Assignment;
import dev.limner.worker.intake.Delivery;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.Ledgers;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.ResultPublisher;
import dev.limner.worker.schedule.Lanes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the consumer, the ledgers and the transactional producer. It polls, decodes, schedules and,
 * between polls, publishes; the stages' threads only hand outcomes back.
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
    private static final int COMMITS_ON_REVOKE = 3;

    private final WorkerSettings settings;
    private final WorkerMetrics metrics;
    private final GenerationPipeline pipeline;
    private final List<Breaker> breakers;
    private final JobSource source;
    private final Ledgers ledgers;
    private final Committer committer;
    private final Dispatcher dispatcher;
    private final Mailbox mailbox;
    private long tailNanos = System.nanoTime();
    private boolean everythingTaken;
    private volatile boolean stopping;
    private volatile long heartbeat = System.nanoTime();
    private volatile int owned;
    private volatile int waiting;
    private volatile @Nullable Throwable failure;

    /**
     * Connects to the brokers; {@link #run()} does the rest.
     *
     * @param splits shared with the pipeline
     * @param breakers while one is open nothing is fetched
     * @param mailbox where the pipeline puts outcomes
     */
    ControlLoop(
            WorkerSettings settings,
            Admission admission,
            ModelSlots models,
            Outcomes outcomes,
            WorkerMetrics metrics,
            GenerationPipeline pipeline,
            SplitJobs splits,
            List<Breaker> breakers,
            Mailbox mailbox) {
        this.settings = settings;
        this.metrics = metrics;
        this.pipeline = pipeline;
        this.breakers = List.copyOf(breakers);
        this.mailbox = mailbox;
        PendingWork pending = new PendingWork(
                settings.intake().mostPendingBytes(), settings.intake().topics());
        this.ledgers = new Ledgers(settings.ledger());
        this.source = new JobSource(settings.intake(), this);
        mailbox.connect(source::wakeUp);
        this.committer = new Committer(
                ledgers,
                new ResultPublisher(
                        settings.publish(),
                        source::groupMetadata,
                        source::committed,
                        settings.drill().watch()),
                settings.publish().commitInterval(),
                this::position,
                pending::published,
                metrics,
                settings.drill().does(Sabotage.SEEK_NOTHING_AFTER_ABORT));
        this.dispatcher = new Dispatcher(
                ledgers,
                admission,
                outcomes,
                new Lanes(
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
                committer::publish);
        metrics.gauge("limner.jobs.waiting", () -> waiting);
        metrics.gauge("limner.pending.bytes", pending::bytes);
        metrics.gauge("limner.partitions.owned", () -> owned);
        metrics.gauge("limner.jobs.inflight", pipeline::inFlight);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                cycle();
            }
            drain();
        } catch (RuntimeException e) {
            failure = e;
            LOG.atError().addKeyValue("worker", settings.name()).setCause(e).log("control loop failed");
        } finally {
            dispatcher.close();
            pipeline.close();
            source.close();
            committer.close();
        }
    }

    private void cycle() {
        everythingTaken = false;
        List<Delivery> deliveries = receive();
        mailbox.woken();
        Throwable broken = mailbox.failure();
        if (broken != null) {
            throw new IllegalStateException("a stage failed: " + broken, broken);
        }
        deliveries.forEach(dispatcher::take);
        everythingTaken = true;
        restore();
        collect();
        dispatcher.dispatch();
        committer.publishIfDue(!pipeline.idle());
        lookAtTails();
        heartbeat = System.nanoTime();
        owned = source.owned();
        waiting = ledgers.uncommitted();
    }

    /** New partitions are marked as held before anything of them is delivered. */
    private void restore() {
        List<Assignment> assignments = source.assignments();
        if (assignments.isEmpty()) {
            return;
        }
        boolean blind = settings.drill().does(Sabotage.IGNORE_LEDGER);
        for (Assignment assignment : assignments) {
            ledgers.restore(blind ? assignment.without() : assignment);
        }
        var unused = committer.publish();
    }

    /** Transaction markers behind the last job would look like a job that waits. */
    private void lookAtTails() {
        if (pipeline.idle() && System.nanoTime() - tailNanos > TAIL_EVERY_NANOS) {
            tailNanos = System.nanoTime();
            ledgers.passed(this::position);
        }
    }

    /**
     * Waits for records or for news of the stages. Not in the consumer while a source is full: it spins through its whole
     * timeout, a core's worth, as long as it holds fetched records of a paused partition.
     */
    private List<Delivery> receive() {
        Set<String> full = new HashSet<>(dispatcher.full());
        if (breakers.stream().anyMatch(Breaker::open)) {
            full.addAll(settings.intake().topics());
        }
        Set<PartitionRef> closed = ledgers.closed();
        Duration timeout = pollTimeout();
        if (full.isEmpty() && closed.isEmpty()) {
            return source.poll(mailbox.leave(timeout), full, closed);
        }
        mailbox.await(timeout.compareTo(FULL_WAIT) < 0 ? timeout : FULL_WAIT);
        return source.poll(Duration.ZERO, full, closed);
    }

    /** Until the next thing is due by the clock; a stage that hands something back or takes a batch ends it sooner. */
    private Duration pollTimeout() {
        if (!mailbox.isEmpty()) {
            return Duration.ZERO;
        }
        long nanos = Math.min(LONGEST_POLL.toNanos(), dispatcher.nanosUntilDue());
        return Duration.ofNanos(Math.min(nanos, committer.nanosUntilDue()));
    }

    private void collect() {
        for (Finished outcome = mailbox.poll(); outcome != null; outcome = mailbox.poll()) {
            finish(outcome);
        }
    }

    private void finish(Finished outcome) {
        boolean wanted = ledgers.finished(outcome.ref(), outcome.publication());
        dispatcher.answered(outcome.ref(), wanted ? outcome.publication() : null);
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
        return stopping || !everythingTaken ? -1 : source.position(partition);
    }

    /** Jobs of these partitions that are on their way are finished if that takes no longer than it may. */
    @Override
    public void revoked(Set<PartitionRef> partitions) {
        if (failure == null && !settings.drill().does(Sabotage.COMMIT_REVOKED)) {
            int waitingOnly = dispatcher.release(partitions);
            long deadline = System.nanoTime() + settings.limits().revoke().toNanos();
            collect();
            while (ledgers.unfinished(partitions) > waitingOnly && System.nanoTime() < deadline) {
                mailbox.await(FULL_WAIT);
                mailbox.woken();
                collect();
            }
            ledgers.letGo(partitions);
            for (int i = 0; i < COMMITS_ON_REVOKE && !committer.publish(); i++) {
                LOG.atWarn().addKeyValue("partitions", partitions).log("commit before letting go failed");
            }
        }
        forget(partitions);
    }

    @Override
    public void lost(Set<PartitionRef> partitions) {
        forget(partitions);
    }

    private void forget(Set<PartitionRef> partitions) {
        if (!settings.drill().does(Sabotage.COMMIT_REVOKED)) {
            ledgers.release(partitions);
            dispatcher.release(partitions);
        }
    }

    /** Finishes what is on its way and publishes it; what only waits is left for whoever owns the partitions next. */
    private void drain() {
        LOG.atInfo().addKeyValue("worker", settings.name()).log("stopping");
        dispatcher.release(ledgers.owned());
        long deadline = System.nanoTime() + settings.limits().stop().toNanos();
        Set<String> everything = Set.copyOf(settings.intake().topics());
        while (!pipeline.idle() && System.nanoTime() < deadline) {
            // Polling goes on so that the group keeps this member; with everything paused nothing new arrives, and
            // what a rebalance might bring in is not taken.
            mailbox.await(FULL_WAIT);
            var ignored = source.poll(Duration.ZERO, everything, Set.of());
            mailbox.woken();
            collect();
            committer.publishIfDue(!pipeline.idle());
        }
        collect();
        ledgers.letGo(ledgers.owned());
        for (int i = 0; i < COMMITS_ON_REVOKE && !committer.publish(); i++) {
            var ignored = source.poll(Duration.ZERO, everything, Set.of());
        }
        LOG.atInfo()
                .addKeyValue("worker", settings.name())
                .addKeyValue("unfinished", ledgers.unfinished())
                .addKeyValue("imagesDrawn", pipeline.drawnImages())
                .addKeyValue("imagesPublished", committer.imagesDone())
                .log("stopped");
    }

    void stop() {
        stopping = true;
        mailbox.ring();
    }

    boolean stopping() {
        return stopping;
    }

    /** Nanoseconds since the loop last went round. */
    long silence() {
        return System.nanoTime() - heartbeat;
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
