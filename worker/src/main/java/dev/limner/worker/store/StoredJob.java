package dev.limner.worker.store;

import dev.limner.protocol.Result;
import dev.limner.worker.encode.EncodedJob;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.job.Completion;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.util.List;

/**
 * A job all of whose images are durable.
 *
 * @param images in order
 * @param place in its batch
 */
public record StoredJob(EncodedJob encoded, List<StoredImage> images, Result.Batch place) implements Task {
    public StoredJob {
        images = List.copyOf(images);
    }

    @Override
    public QueuedJob queued() {
        return encoded.queued();
    }

    /**
     * What its sender is told.
     *
     * @param batch that it was in
     * @param storedNanos {@link System#nanoTime()} of when it was durable
     */
    public Completion completion(MicroBatch<StoredJob> batch, long storedNanos) {
        QueuedJob queued = queued();
        GeneratedJob generated = encoded.generated();
        StageMillis took = batch.took();
        Result.Timings timings = new Result.Timings(
                rounded(queued.queuedMillis()),
                rounded((batch.formedNanos() - queued.receivedNanos()) / 1e6),
                rounded(took.text()),
                rounded(took.device()),
                rounded(took.encode()),
                rounded(took.store()),
                rounded(StageMillis.since(storedNanos)));
        return new Completion(
                images.stream()
                        .map(image -> image.reference(queued.job().seed()))
                        .toList(),
                generated.model(),
                generated.attempt(),
                timings,
                place,
                generated.conditioned().warnings());
    }

    private static double rounded(double millis) {
        return Math.round(Math.max(0, millis) * 100) / 100.0;
    }
}
