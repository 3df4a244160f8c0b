package dev.limner.worker.admit;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.RecordError;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecentIds;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelRoute;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Decides what happens to a delivered record before any stage sees it. Control thread only. */
public final class JobAdmission implements AutoCloseable {
    /** Originals beyond this go to the store as a whole and to the dead-letter topic with their beginning. */
    private static final int LARGEST_LETTER = 256 << 10;
    /** Twice in a batch of unknown company, once alone. */
    private static final int DEATHS = 3;

    private final ModelCatalog models;
    private final OutcomePublications outcomes;
    private final LargeOriginals originals;
    private final RecentIds recent;
    private final BiFunction<QueuedJob, Instant, Optional<Publication>> unwanted;

    /** What happens to a record. */
    public sealed interface Verdict {
        /** It waits for its batch. */
        record Queue(QueuedJob job) implements Verdict {}

        /** It has its outcome already. */
        record Answer(FinishedRecord finished) implements Verdict {}

        /** Its outcome follows once its original is stored. */
        record Pending() implements Verdict {}
    }

    /**
     * @param originals stores what is too large for a letter; closed by {@link #close()}
     * @param unwanted the answer to a job that nobody wants generated any more
     */
    public JobAdmission(
            ModelCatalog models,
            OutcomePublications outcomes,
            LargeOriginals originals,
            RecentIds recent,
            BiFunction<QueuedJob, Instant, Optional<Publication>> unwanted) {
        this.models = models;
        this.outcomes = outcomes;
        this.originals = originals;
        this.recent = recent;
        this.unwanted = unwanted;
    }

    /** The verdict on a record as it arrives. */
    public Verdict judge(RecordDelivery delivery) {
        return switch (delivery.decoded()) {
            case Decoded.Valid(Job job) -> judge(queued(delivery, job));
            case Decoded.Poison poison -> reject(delivery, poison);
        };
    }

    /** The verdict on a record whose worker died while it was alone on the device. */
    public Verdict condemn(RecordDelivery delivery) {
        return switch (delivery.decoded()) {
            case Decoded.Valid(Job job) -> {
                String message = "the worker died " + DEATHS + " times with this job on its way, the last time with"
                        + " nothing else";
                QueuedJob queued = queued(delivery, job);
                yield answer(queued, outcomes.failed(queued, ErrorCode.WORKER_CRASHED, message, DEATHS));
            }
            case Decoded.Poison poison -> reject(delivery, poison);
        };
    }

    private QueuedJob queued(RecordDelivery delivery, Job job) {
        double queuedMillis =
                outcomes.now().toEpochMilli() - delivery.original().timestamp();
        return new QueuedJob(delivery.ref(), delivery.original(), job, delivery.receivedNanos(), queuedMillis);
    }

    private Verdict judge(QueuedJob queued) {
        Job job = queued.job();
        return switch (recent.see(queued.ref(), job, queued.original().redrive())) {
            case REPEAT -> new Verdict.Answer(new FinishedRecord(queued.ref(), null));
            case CONFLICT -> {
                RecordError error = RecordError.of(
                        ErrorCode.ID_CONFLICT,
                        "id",
                        job.id(),
                        "which was used a moment ago for a job with other content");
                yield answer(queued, outcomes.rejected(queued, error));
            }
            case NEW ->
                unfit(queued, models.of(job))
                        .or(() -> unwanted.apply(queued, outcomes.now()))
                        .map(publication -> answer(queued, publication))
                        .orElse(new Verdict.Queue(queued));
        };
    }

    private static Verdict answer(QueuedJob queued, Publication publication) {
        return new Verdict.Answer(new FinishedRecord(queued.ref(), publication));
    }

    /**
     * The answer to a job that cannot be generated as things are when its batch is formed, or that nobody wants any more.
     *
     * @param route of its batch
     */
    public Optional<Publication> undrawable(QueuedJob queued, ModelRoute route, Instant now) {
        return unwanted.apply(queued, now).or(() -> unfit(queued, route));
    }

    /**
     * What the record alone could not tell: whether this worker has the model, and the model what the job asks for. A model that is still on its
     * way counts as had; the question is asked again when the job's batch is formed.
     */
    private Optional<Publication> unfit(QueuedJob queued, ModelRoute route) {
        Job job = queued.job();
        Optional<RecordError> error = switch (route) {
            case ModelRoute.UnknownModel(String why) ->
                Optional.of(RecordError.of(ErrorCode.UNKNOWN_MODEL, "model", job.model(), why));
            case ModelRoute.Ready(String digest) -> models.find(digest).flatMap(model -> unfit(job, model));
            case ModelRoute.Loading later -> Optional.empty();
        };
        return error.map(why -> outcomes.rejected(queued, why));
    }

    private static Optional<RecordError> unfit(Job job, LoadedModel model) {
        return model.inputs().mistake(job).or(() -> sizeMistake(job, model));
    }

    private static Optional<RecordError> sizeMistake(Job job, LoadedModel model) {
        ImageSize size = job.size();
        if (size == null || size.equals(model.engine().size())) {
            return Optional.empty();
        }
        return Optional.of(RecordError.of(
                ErrorCode.SIZE_NOT_AVAILABLE,
                "size",
                size,
                "which is no size of model " + model.model().name() + ": it generates "
                        + model.engine().size()));
    }

    private Verdict reject(RecordDelivery delivery, Decoded.Poison poison) {
        byte[] value = delivery.original().value();
        if (value == null || value.length <= LARGEST_LETTER) {
            return new Verdict.Answer(new FinishedRecord(delivery.ref(), outcomes.rejected(delivery, poison)));
        }
        originals.store(delivery, poison, value);
        return new Verdict.Pending();
    }

    /** Forgets partitions that are no longer owned. */
    public void release(Set<PartitionRef> gone) {
        recent.release(gone);
    }

    @Override
    public void close() {
        originals.close();
    }
}
