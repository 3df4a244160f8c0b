package dev.limner.worker.job;

import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a job, as a publication. Immutable, so safe from any thread. */
public final class OutcomePublications {
    private final String worker;
    private final String profile;
    private final Clock clock;

    public OutcomePublications(String worker, String profile, Clock clock) {
        this.worker = worker;
        this.profile = profile;
        this.clock = clock;
    }

    /** The time of day, as this worker sees it. */
    public Instant now() {
        return clock.instant();
    }

    /** A record that can never be generated. */
    public Publication rejected(RecordDelivery delivery, Decoded.Poison poison) {
        return rejected(delivery, poison, null, null);
    }

    /**
     * A record that can never be generated and is too large for a letter.
     *
     * @param objectUri where its whole value is; null if it could not be stored
     * @param notStored why it could not be stored; null if it was
     */
    public Publication rejected(
            RecordDelivery delivery, Decoded.Poison poison, @Nullable String objectUri, @Nullable String notStored) {
        OriginalRecord original = delivery.original();
        Result result = new Result(
                poison.jobId(),
                new Outcome.Rejected(poison.error()),
                poison.tenant(),
                poison.context(),
                null,
                source(delivery.ref()),
                original.redrive(),
                1,
                worker,
                null,
                null,
                null,
                List.of());
        Publication.DeadLetter letter = letter(poison.error(), 1, objectUri);
        return new Publication(
                result,
                original,
                delivery.ref().origin(),
                notStored == null ? letter : letter.saying("the original could not be stored: " + notStored),
                trace(original));
    }

    /** A job that this worker cannot generate or may not. */
    public Publication rejected(QueuedJob queued, RecordError error) {
        return without(queued, new Outcome.Rejected(error), error, 1);
    }

    public Publication failed(QueuedJob queued, ErrorCode code, String message, int attempts) {
        RecordError error = RecordError.ofRecord(code, message);
        return without(queued, new Outcome.Failed(error), error, attempts);
    }

    public Publication expired(QueuedJob queued, Instant deadline) {
        return without(queued, new Outcome.Expired(deadline), null, 1);
    }

    public Publication cancelled(QueuedJob queued, Instant since) {
        return without(queued, new Outcome.Cancelled(since), null, 1);
    }

    private Publication without(QueuedJob queued, Outcome outcome, @Nullable RecordError error, int attempts) {
        Job job = queued.job();
        OriginalRecord original = queued.original();
        Result result = new Result(
                job.id(),
                outcome,
                job.tenant(),
                job.context(),
                job.group(),
                source(queued.ref()),
                original.redrive(),
                attempts,
                worker,
                null,
                null,
                null,
                List.of());
        return new Publication(
                result,
                original,
                queued.ref().origin(),
                error == null ? null : letter(error, attempts, null),
                trace(original));
    }

    /** Generated and stored. */
    public Publication completed(QueuedJob queued, Completion done) {
        Job job = queued.job();
        Result result = new Result(
                job.id(),
                new Outcome.Completed(done.images(), profile),
                job.tenant(),
                job.context(),
                job.group(),
                source(queued.ref()),
                queued.original().redrive(),
                done.attempts(),
                worker,
                done.model(),
                done.timings(),
                done.place(),
                done.warnings());
        return new Publication(result, queued.original(), queued.ref().origin(), null, trace(queued.original()));
    }

    private static @Nullable String trace(OriginalRecord original) {
        return CloudEvent.continued(original.header(CloudEvent.TRACE_PARENT));
    }

    private static Result.Source source(RecordRef ref) {
        return new Result.Source(ref.partition().topic(), ref.partition().number(), ref.offset(), ref.topicId());
    }

    private static Publication.DeadLetter letter(RecordError error, int attempts, @Nullable String objectUri) {
        return new Publication.DeadLetter(error.code().wireName() + ": " + error.message(), attempts, objectUri);
    }
}
