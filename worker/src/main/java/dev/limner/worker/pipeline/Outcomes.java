package dev.limner.worker.pipeline;

import dev.limner.generator.text.CaptionEncoding;
import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobError;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.encode.EncodedBatch;
import dev.limner.worker.encode.EncodedBatch.EncodedImage;
import dev.limner.worker.generate.DrawnBatch;
import dev.limner.worker.intake.Delivery;
import dev.limner.worker.intake.Original;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.QueuedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a job, as a publication. */
final class Outcomes {
    private final String worker;
    private final String profile;

    Outcomes(String worker, String profile) {
        this.worker = worker;
        this.profile = profile;
    }

    /** A record that can never be drawn. */
    Publication rejected(Delivery delivery, Decoded.Poison poison, @Nullable String objectUri) {
        Result result = new Result(
                poison.jobId(),
                new Outcome.Rejected(poison.error()),
                poison.tenant(),
                poison.context(),
                null,
                1,
                worker,
                null,
                null,
                null,
                List.of());
        return new Publication(
                result,
                letter(delivery.original(), delivery.ref().origin(), poison.error(), objectUri),
                trace(delivery.original()));
    }

    /** A job that this worker's model cannot draw. */
    Publication rejected(QueuedJob queued, JobError error) {
        return without(queued, new Outcome.Rejected(error), error);
    }

    Publication failed(QueuedJob queued, ErrorCode code, String message) {
        JobError error = JobError.ofRecord(code, message);
        return without(queued, new Outcome.Failed(error), error);
    }

    Publication expired(QueuedJob queued, Instant deadline) {
        return without(queued, new Outcome.Expired(deadline), null);
    }

    private Publication without(QueuedJob queued, Outcome outcome, @Nullable JobError error) {
        Job job = queued.job();
        Result result = new Result(
                job.id(), outcome, job.tenant(), job.context(), job.group(), 1, worker, null, null, null, List.of());
        return new Publication(
                result,
                error == null ? null : letter(queued.original(), queued.ref().origin(), error, null),
                trace(queued.original()));
    }

    /**
     * Drawn and stored.
     *
     * @param position the job's place in its batch
     * @param uris of its pictures, by index
     */
    Publication completed(EncodedBatch encoded, int position, List<String> uris, double storeMillis, long storedNanos) {
        DrawnBatch drawn = encoded.drawn();
        MicroBatch batch = drawn.prepared().batch();
        QueuedJob queued = batch.jobs().get(position);
        Job job = queued.job();
        List<Outcome.ImageRef> images = new ArrayList<>();
        for (int index = 0; index < job.count(); index++) {
            EncodedImage image = encoded.pictures().get(position).get(index);
            images.add(new Outcome.ImageRef(
                    uris.get(index),
                    image.sha256(),
                    image.mediaType(),
                    image.bytes().length,
                    image.width(),
                    image.height(),
                    index,
                    job.seed(),
                    image.pixelsSha256()));
        }
        int before = batch.jobs().subList(0, position).stream()
                .mapToInt(other -> other.job().count())
                .sum();
        Result.Timings timings = new Result.Timings(
                rounded(queued.queuedMillis()),
                rounded((batch.formedNanos() - queued.receivedNanos()) / 1e6),
                rounded(drawn.prepared().textMillis()),
                rounded(drawn.deviceMillis()),
                rounded(encoded.encodeMillis()),
                rounded(storeMillis),
                rounded((System.nanoTime() - storedNanos) / 1e6));
        Result result = new Result(
                job.id(),
                new Outcome.Completed(images, profile),
                job.tenant(),
                job.context(),
                job.group(),
                1,
                worker,
                drawn.model(),
                timings,
                new Result.Batch(batch.id(), batch.images(), before),
                warnings(drawn.prepared().encodings().get(position)));
        return new Publication(result, null, trace(queued.original()));
    }

    private static List<String> warnings(CaptionEncoding encoding) {
        List<String> warnings = new ArrayList<>();
        if (encoding.mostlyUnknown()) {
            warnings.add(Result.Warnings.CAPTION_MOSTLY_UNKNOWN);
        }
        if (encoding.truncated()) {
            warnings.add(Result.Warnings.CAPTION_TRUNCATED);
        }
        return warnings;
    }

    private static double rounded(double millis) {
        return Math.round(Math.max(0, millis) * 100) / 100.0;
    }

    private static @Nullable String trace(Original original) {
        return CloudEvent.continued(original.header(CloudEvent.TRACE_PARENT));
    }

    private static Publication.DeadLetter letter(
            Original original, String origin, JobError error, @Nullable String objectUri) {
        return new Publication.DeadLetter(
                original, origin, error.code().wireName() + ": " + error.message(), 1, objectUri);
    }
}
