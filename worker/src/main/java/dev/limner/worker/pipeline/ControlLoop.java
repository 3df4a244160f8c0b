package dev.limner.worker.pipeline;

import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.intake.Delivery;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.Ledgers;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.ResultPublisher;
import dev.limner.worker.schedule.Lanes;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.QueuedJob;
import dev.limner.worker.store.ImageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the consumer, the ledgers and the transactional producer. It polls, decodes, schedules and,
 * between polls, publishes; the stages' threads only hand outcomes back.
 *
 * <p>Delivery: an outcome is published once and only while its partition is owned as it was when the record was
 * delivered; its offset moves in the same transaction.
 */
final class ControlLoop implements Runnable, OwnershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final Duration LONGEST_POLL = Duration.ofMillis(100);
    /** The other sources are looked at this often while one is full. */
    private static final Duration FULL_WAIT = Duration.ofMillis(20);

    private final WorkerSettings settings;
    private final Admission admission;
    private final WorkerMetrics metrics;
    private final GenerationPipeline pipeline;
    private final JobSource source;
    private final Committer committer;
    private final Lanes lanes;
    private final Ledgers ledgers = new Ledgers();
    private final Mailbox mailbox;
    private volatile boolean stopping;
    private volatile long heartbeat = System.nanoTime();
    private volatile int owned;
    private volatile int waiting;
    private volatile @Nullable RuntimeException failure;

    /**
     * Connects to the brokers; {@link #run()} does the rest.
     *
     * @param mailbox where the pipeline puts outcomes
     */
    ControlLoop(
            WorkerSettings settings,
            PictureEngine engine,
            Outcomes outcomes,
            ImageStore store,
            WorkerMetrics metrics,
            GenerationPipeline pipeline,
            Mailbox mailbox) {
        this.settings = settings;
        this.admission = new Admission(engine, outcomes, store, outcome -> mailbox.put(List.of(outcome)));
        this.metrics = metrics;
        this.pipeline = pipeline;
        this.mailbox = mailbox;
        this.lanes = new Lanes(
                settings.batch(),
                settings.intake().topics(),
                settings.intake().bufferPerSource(),
                settings.name() + "-" + Long.toString(System.currentTimeMillis(), 36));
        this.source = new JobSource(settings.intake(), this);
        mailbox.connect(source::wakeUp);
        this.committer = new Committer(
                ledgers,
                new ResultPublisher(settings.publish(), source::groupMetadata, source::committed),
                settings.publish().commitInterval(),
                metrics);
        metrics.gauge("limner.jobs.waiting", () -> waiting);
        metrics.gauge("limner.partitions.owned", () -> owned);
        metrics.gauge("limner.batches.inflight", pipeline::inFlight);
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
            admission.close();
            pipeline.close();
            source.close();
            committer.close();
        }
    }

    private void cycle() {
        List<Delivery> deliveries = receive();
        mailbox.woken();
        deliveries.forEach(this::take);
        dispatch();
        collect();
        committer.publishIfDue(!pipeline.idle(), this::position);
        heartbeat = System.nanoTime();
        owned = source.owned();
        waiting = ledgers.uncommitted();
    }

    /**
     * Waits for records or for news of the stages. Not in the consumer while a source is full: it spins through its whole
     * timeout, a core's worth, as long as it holds fetched records of a paused partition.
     */
    private List<Delivery> receive() {
        Set<String> full = lanes.full();
        Duration timeout = pollTimeout();
        if (full.isEmpty()) {
            return source.poll(mailbox.leave(timeout), full);
        }
        mailbox.await(timeout.compareTo(FULL_WAIT) < 0 ? timeout : FULL_WAIT);
        return source.poll(Duration.ZERO, full);
    }

    /** Until the next thing is due by the clock; a stage that hands something back or takes a batch ends it sooner. */
    private Duration pollTimeout() {
        long nanos = LONGEST_POLL.toNanos();
        if (!mailbox.isEmpty()) {
            return Duration.ZERO;
        }
        if (pipeline.accepts()) {
            nanos = Math.min(nanos, lanes.nanosUntilDue(System.nanoTime()));
        }
        return Duration.ofNanos(Math.min(nanos, committer.nanosUntilDue()));
    }

    private void take(Delivery delivery) {
        ledgers.delivered(delivery.ref());
        switch (admission.judge(delivery)) {
            case Admission.Verdict.Queue(QueuedJob job) -> lanes.add(job);
            case Admission.Verdict.Answer(Finished outcome) -> finish(outcome);
            case Admission.Verdict.Pending pending -> LOG.debug("original goes to the store first");
        }
    }

    private void dispatch() {
        while (pipeline.accepts()) {
            Optional<MicroBatch> formed = lanes.next(System.nanoTime());
            if (formed.isEmpty()) {
                return;
            }
            MicroBatch batch = formed.get();
            Instant now = Instant.now();
            List<QueuedJob> wanted = new ArrayList<>();
            for (QueuedJob queued : batch.jobs()) {
                admission
                        .expired(queued, now)
                        .ifPresentOrElse(
                                publication -> finish(new Finished(queued.ref(), publication)),
                                () -> wanted.add(queued));
            }
            if (!wanted.isEmpty()) {
                pipeline.submit(new MicroBatch(batch.id(), wanted, batch.formedNanos()));
            }
        }
    }

    private void collect() {
        for (Finished outcome = mailbox.poll(); outcome != null; outcome = mailbox.poll()) {
            finish(outcome);
        }
    }

    private void finish(Finished outcome) {
        if (!ledgers.finished(outcome.ref(), outcome.publication())) {
            metrics.stale();
        }
    }

    /** A stopping worker has let go of records the consumer has already passed: its position says nothing then. */
    private long position(PartitionRef partition) {
        return stopping ? -1 : source.position(partition);
    }

    @Override
    public void revoked(Set<PartitionRef> partitions) {
        collect();
        committer.publish(this::position);
        forget(partitions);
    }

    @Override
    public void lost(Set<PartitionRef> partitions) {
        forget(partitions);
    }

    private void forget(Set<PartitionRef> partitions) {
        ledgers.release(partitions);
        lanes.release(partitions);
    }

    /** Finishes what is on its way and publishes it; what only waits is left for whoever owns the partitions next. */
    private void drain() {
        LOG.atInfo().addKeyValue("worker", settings.name()).log("stopping");
        lanes.clear();
        long deadline = System.nanoTime() + settings.stopWithin().toNanos();
        Set<String> everything = Set.copyOf(settings.intake().topics());
        source.pause(everything);
        while (!pipeline.idle() && System.nanoTime() < deadline) {
            // Polling goes on so that the group keeps this member; with everything paused nothing new arrives, and
            // what a rebalance might bring in is not taken.
            mailbox.await(FULL_WAIT);
            var ignored = source.poll(Duration.ZERO, everything);
            mailbox.woken();
            collect();
            committer.publishIfDue(!pipeline.idle(), this::position);
        }
        collect();
        committer.publish(this::position);
        LOG.atInfo()
                .addKeyValue("worker", settings.name())
                .addKeyValue("unfinished", ledgers.unfinished())
                .log("stopped");
    }

    void stop() {
        stopping = true;
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
    RuntimeException failure() {
        return failure;
    }
}
