package dev.limner.worker.pipeline;

import dev.limner.protocol.ImageSize;
import dev.limner.worker.admit.JobAdmission;
import dev.limner.worker.admit.PendingWork;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.ledger.DeliveryState;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.schedule.JobLanes;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.schedule.SuspectJobs;
import dev.limner.worker.schedule.UnwantedJobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From delivered records to batches in the pipeline. Jobs under suspicion of killing their worker go first, one by one
 * with nothing else in the pipeline until their outcome is there, each marked as started in its ledger before. Control
 * thread only.
 */
final class BatchDispatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchDispatcher.class);
    /** Three colours per pixel as the device has them, and at worst as many bytes in the file. */
    private static final long PIXEL_BYTES = 6;

    private final OwnedLedgers ledgers;
    private final JobAdmission admission;
    private final UnwantedJobs unwanted;
    private final OutcomePublications outcomes;
    private final JobLanes lanes;
    private final ModelCatalog models;
    private final GenerationPipeline pipeline;
    private final SplitJobs splits;
    private final PendingWork pending;
    private final Consumer<FinishedRecord> finish;
    private final BooleanSupplier publish;
    private final SuspectJobs suspects = new SuspectJobs();

    /**
     * @param finish takes the outcomes of records that need no batch
     * @param publish commits what the ledgers hold unless that has just failed, and says whether it did
     */
    BatchDispatcher(
            OwnedLedgers ledgers,
            JobAdmission admission,
            UnwantedJobs unwanted,
            OutcomePublications outcomes,
            JobLanes lanes,
            ModelCatalog models,
            GenerationPipeline pipeline,
            SplitJobs splits,
            PendingWork pending,
            Consumer<FinishedRecord> finish,
            BooleanSupplier publish) {
        this.ledgers = ledgers;
        this.admission = admission;
        this.unwanted = unwanted;
        this.outcomes = outcomes;
        this.lanes = lanes;
        this.models = models;
        this.pipeline = pipeline;
        this.splits = splits;
        this.pending = pending;
        this.finish = finish;
        this.publish = publish;
    }

    /** A record arrived. */
    void take(RecordDelivery delivery) {
        DeliveryState known = ledgers.delivered(delivery.ref());
        if (known != DeliveryState.DONE) {
            pending.arrived(delivery.ref(), delivery.original());
        }
        switch (known) {
            case FRESH -> act(delivery, admission.judge(delivery), false);
            case SUSPECT -> act(delivery, admission.judge(delivery), true);
            case CONDEMNED -> act(delivery, admission.condemn(delivery), false);
            case DONE ->
                LOG.atDebug().addKeyValue("record", delivery.ref().origin()).log("answered by an owner before");
        }
    }

    private void act(RecordDelivery delivery, JobAdmission.Verdict verdict, boolean suspect) {
        switch (verdict) {
            case JobAdmission.Verdict.Queue(QueuedJob job) -> {
                models.want(job.job());
                if (suspect) {
                    suspects.add(job);
                } else {
                    lanes.add(job);
                }
            }
            case JobAdmission.Verdict.Answer(FinishedRecord outcome) -> finish.accept(outcome);
            case JobAdmission.Verdict.Pending later -> pending.entered(delivery.ref(), 0);
        }
    }

    /** Hands the pipeline what it takes. */
    void dispatch() {
        if (suspects.running()) {
            return;
        }
        suspects.waiting().forEach(queued -> models.want(queued.job()));
        Optional<SuspectJobs.Next> suspect = suspects.next(models);
        if (suspect.isPresent()) {
            if (pipeline.idle()) {
                dispatchAlone(suspect.get());
            }
            return;
        }
        if (!suspects.cleared()) {
            if (!publish.getAsBoolean()) {
                return;
            }
            suspects.clear();
        }
        while (pipeline.accepts()) {
            Optional<MicroBatch<QueuedJob>> formed = lanes.next(System.nanoTime());
            lanes.lookedAt().forEach(queued -> models.want(queued.job()));
            if (formed.isEmpty()) {
                return;
            }
            MicroBatch<QueuedJob> batch = formed.get();
            List<QueuedJob> wanted = wanted(batch.jobs(), batch.route());
            if (!wanted.isEmpty() && !submit(batch.keeping(wanted))) {
                lanes.putBack(batch.keeping(wanted));
                return;
            }
        }
    }

    /** Whether its model was still there; the next look finds another route. */
    private boolean submit(MicroBatch<QueuedJob> batch) {
        return switch (batch.route()) {
            case ModelRoute.Ready(String digest) -> {
                Optional<ModelCatalog.Lease> lease = models.lease(digest).or(() -> splits.lease(digest));
                lease.ifPresent(held -> submit(batch, held));
                yield lease.isPresent();
            }
            // The jobs of the one are answered by now, and of the other no batch is formed.
            case ModelRoute.UnknownModel nowhere -> false;
            case ModelRoute.Loading later -> false;
        };
    }

    private void submit(MicroBatch<QueuedJob> batch, ModelCatalog.Lease lease) {
        ImageSize size = lease.model().engine().size();
        long image = PIXEL_BYTES * size.width() * size.height();
        for (QueuedJob queued : batch.jobs()) {
            pending.entered(queued.ref(), image * queued.images());
            splits.entered(queued, lease);
        }
        pipeline.submit(batch, lease);
    }

    private void dispatchAlone(SuspectJobs.Next suspect) {
        QueuedJob job = suspect.job();
        if (wanted(List.of(job), suspect.route()).isEmpty()) {
            suspects.drop(job);
            return;
        }
        ledgers.started(job.ref());
        if (publish.getAsBoolean() && submit(lanes.alone(job, suspect.route(), System.nanoTime()))) {
            suspects.begin(job);
        }
    }

    /**
     * Those of some jobs that have no answer yet; the others get theirs here.
     *
     * @param route of all of them
     */
    private List<QueuedJob> wanted(List<QueuedJob> jobs, ModelRoute route) {
        Instant now = outcomes.now();
        List<QueuedJob> wanted = new ArrayList<>(jobs.size());
        for (QueuedJob queued : jobs) {
            boolean begins = queued.first() == 0;
            if (!begins && !splits.isOpen(queued)) {
                continue;
            }
            // A job that has begun has its model, whatever is released meanwhile.
            Optional<Publication> answer =
                    begins ? admission.undrawable(queued, route, now) : unwanted.answer(queued, now);
            if (answer.isEmpty()) {
                wanted.add(queued);
            } else if (begins || splits.decides(queued)) {
                finish.accept(new FinishedRecord(queued.ref(), answer.get()));
            }
        }
        return wanted;
    }

    /**
     * A record has its outcome, from here or from a stage.
     *
     * @param publication null if there is none or nobody wants it any more
     */
    void answered(RecordRef ref, @Nullable Publication publication) {
        suspects.answered(ref);
        lanes.forget(ref);
        pending.answered(ref, publication);
    }

    /** Topics not to be fetched from for now. */
    Set<String> full() {
        Set<String> full = new HashSet<>(lanes.full());
        full.addAll(pending.full());
        return full;
    }

    /** Nanoseconds until a batch may be handed over; {@link Long#MAX_VALUE} if none waits or none would be taken. */
    long nanosUntilDue() {
        if (suspects.running()) {
            return Long.MAX_VALUE;
        }
        if (suspects.next(models).isPresent()) {
            return pipeline.idle() ? 0 : Long.MAX_VALUE;
        }
        return pipeline.accepts() ? lanes.nanosUntilDue(System.nanoTime()) : Long.MAX_VALUE;
    }

    /**
     * Forgets what waits of partitions that are no longer owned.
     *
     * @return how many jobs
     */
    int release(Set<PartitionRef> gone) {
        admission.release(gone);
        pending.release(gone);
        splits.release(gone).forEach(ref -> pending.answered(ref, null));
        return suspects.release(gone) + lanes.release(gone);
    }

    @Override
    public void close() {
        admission.close();
    }
}
