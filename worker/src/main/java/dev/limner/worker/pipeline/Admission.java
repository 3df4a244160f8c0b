package dev.limner.worker.pipeline;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobError;
import dev.limner.protocol.Size;
import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.intake.Delivery;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.schedule.QueuedJob;
import dev.limner.worker.store.ImageStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Decides what happens to a delivered record before any stage sees it. Control thread only. */
final class Admission implements AutoCloseable {
    /** Originals beyond this go to the store as a whole and to the dead-letter topic with their beginning. */
    private static final int LARGEST_LETTER = 256 << 10;

    private final PictureEngine engine;
    private final Outcomes outcomes;
    private final ImageStore store;
    private final Consumer<Finished> later;
    private final ExecutorService letters = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("limner-letters").daemon().factory());

    /** What happens to a record. */
    sealed interface Verdict {
        /** It waits for its batch. */
        record Queue(QueuedJob job) implements Verdict {}

        /** It has its outcome already. */
        record Answer(Finished finished) implements Verdict {}

        /** Its outcome follows once its original is stored. */
        record Pending() implements Verdict {}
    }

    /** @param later takes outcomes that are known only after something was stored, on another thread */
    Admission(PictureEngine engine, Outcomes outcomes, ImageStore store, Consumer<Finished> later) {
        this.engine = engine;
        this.outcomes = outcomes;
        this.store = store;
        this.later = later;
    }

    Verdict judge(Delivery delivery) {
        return switch (delivery.decoded()) {
            case Decoded.Valid(Job job) -> judge(delivery, job);
            case Decoded.Poison poison -> reject(delivery, poison);
        };
    }

    private Verdict judge(Delivery delivery, Job job) {
        double queuedMillis = System.currentTimeMillis() - delivery.original().timestamp();
        QueuedJob queued =
                new QueuedJob(delivery.ref(), delivery.original(), job, delivery.receivedNanos(), queuedMillis);
        return unfit(job)
                .map(error -> outcomes.rejected(queued, error))
                .or(() -> expired(queued, Instant.now()))
                .<Verdict>map(publication -> new Verdict.Answer(new Finished(queued.ref(), publication)))
                .orElse(new Verdict.Queue(queued));
    }

    /** The answer to a job whose deadline has passed. */
    Optional<Publication> expired(QueuedJob queued, Instant now) {
        Instant deadline = queued.job().deadline();
        return deadline != null && queued.expired(now)
                ? Optional.of(outcomes.expired(queued, deadline))
                : Optional.empty();
    }

    /** What the record alone could not tell: whether this worker has the model and the size. */
    private Optional<JobError> unfit(Job job) {
        if (!job.model().matches(engine.model().name(), engine.model().digest())) {
            return Optional.of(JobError.of(
                    ErrorCode.UNKNOWN_MODEL,
                    "model",
                    job.model(),
                    "is not served here; this worker serves " + engine.model().name()));
        }
        Size size = job.size();
        if (size != null && !size.equals(engine.size())) {
            return Optional.of(JobError.of(
                    ErrorCode.SIZE_NOT_AVAILABLE,
                    "size",
                    size,
                    "is not a size of model " + engine.model().name() + ", which draws " + engine.size()));
        }
        return Optional.empty();
    }

    private Verdict reject(Delivery delivery, Decoded.Poison poison) {
        byte[] value = delivery.original().value();
        if (value == null || value.length <= LARGEST_LETTER) {
            return new Verdict.Answer(new Finished(delivery.ref(), outcomes.rejected(delivery, poison, null)));
        }
        letters.execute(() -> {
            String uri = store.put(List.of(new ImageStore.StoreObject(value, Digests.sha256(value), "bin")))
                    .get(0);
            later.accept(new Finished(delivery.ref(), outcomes.rejected(delivery, poison, uri)));
        });
        return new Verdict.Pending();
    }

    @Override
    public void close() {
        letters.shutdownNow();
    }
}
