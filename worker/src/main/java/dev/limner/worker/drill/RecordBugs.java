package dev.limner.worker.drill;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.Publication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mistakes that can be made with a record on its way in and with an answer on its way out. Without an order
 * everything passes as it is. One thread: the control thread.
 */
public final class RecordBugs {
    private final Set<SeededBug> ordered;
    private @Nullable Result before;
    private @Nullable Publication lastLetter;

    public RecordBugs(Set<SeededBug> ordered) {
        this.ordered = Set.copyOf(ordered);
    }

    /** A record as the worker takes it. */
    public RecordDelivery delivered(RecordDelivery delivery) {
        if (!ordered.contains(SeededBug.IGNORE_DEADLINES)
                || !(delivery.decoded() instanceof Decoded.Valid(Job job))
                || job.deadline() == null) {
            return delivery;
        }
        Job patient = new Job(
                job.id(),
                job.caption(),
                job.seed(),
                job.count(),
                job.model(),
                job.size(),
                job.truncation(),
                job.format(),
                null,
                job.group(),
                job.tenant(),
                job.context());
        return new RecordDelivery(
                delivery.ref(), delivery.original(), new Decoded.Valid(patient), delivery.receivedNanos());
    }

    /** An answer as the worker publishes it; null for a record that gets none of its own. */
    public @Nullable Publication answered(@Nullable Publication publication) {
        if (ordered.isEmpty() || publication == null) {
            return publication;
        }
        Result right = publication.result();
        Publication wrong = letter(new Publication(
                spoiled(right),
                publication.original(),
                publication.origin(),
                publication.deadLetter(),
                publication.traceParent()));
        before = right;
        return wrong;
    }

    private Result spoiled(Result right) {
        Result mate = mate(right);
        return new Result(
                right.jobId(),
                ordered.contains(SeededBug.SWAP_INDEXES) ? swapped(right.outcome()) : right.outcome(),
                ordered.contains(SeededBug.MIX_TENANTS) ? mate.tenant() : right.tenant(),
                ordered.contains(SeededBug.MIX_CONTEXTS) ? mate.context() : right.context(),
                ordered.contains(SeededBug.DROP_GROUPS) ? null : right.group(),
                ordered.contains(SeededBug.WRONG_SOURCE) ? behind(right.source()) : right.source(),
                ordered.contains(SeededBug.DROP_REDRIVES) ? 0 : right.redrive(),
                ordered.contains(SeededBug.MISCOUNT_ATTEMPTS) ? right.attempts() + 1 : right.attempts(),
                right.worker(),
                right.model(),
                right.timings(),
                right.batch(),
                ordered.contains(SeededBug.DROP_WARNINGS) ? List.of() : right.warnings());
    }

    /** The result before, if it is one of the same batch; else the result itself. */
    private Result mate(Result right) {
        Result other = before;
        return other != null
                        && other.batch() != null
                        && right.batch() != null
                        && other.batch().id().equals(right.batch().id())
                ? other
                : right;
    }

    private static Result.@Nullable Source behind(Result.@Nullable Source source) {
        return source == null
                ? null
                : new Result.Source(source.topic(), source.partition(), source.offset() + 1, source.topicId());
    }

    private static Outcome swapped(Outcome outcome) {
        if (!(outcome instanceof Outcome.Completed(List<Outcome.ImageRef> images, String profile))
                || images.size() < 2) {
            return outcome;
        }
        List<Outcome.ImageRef> swapped = new ArrayList<>(images);
        Collections.swap(swapped, 0, 1);
        swapped.replaceAll(image -> new Outcome.ImageRef(
                image.uri(),
                image.sha256(),
                image.mediaType(),
                image.bytes(),
                image.width(),
                image.height(),
                image.index() < 2 ? 1 - image.index() : image.index(),
                image.seed(),
                image.pixelsSha256()));
        return new Outcome.Completed(swapped, profile);
    }

    private Publication letter(Publication publication) {
        Publication.DeadLetter letter = publication.deadLetter();
        if (letter == null) {
            Publication last = lastLetter;
            lastLetter = null;
            return last == null || !ordered.contains(SeededBug.REPEAT_DEAD_LETTERS)
                    ? publication
                    : new Publication(
                            publication.result(),
                            last.original(),
                            last.origin(),
                            last.deadLetter(),
                            publication.traceParent());
        }
        lastLetter = publication;
        boolean cuts = ordered.contains(SeededBug.CUT_DEAD_LETTERS) && letter.objectUri() == null;
        return new Publication(
                publication.result(),
                cuts ? cut(publication.original()) : publication.original(),
                publication.origin(),
                ordered.contains(SeededBug.DROP_DEAD_LETTERS) ? null : letter,
                publication.traceParent());
    }

    private static OriginalRecord cut(OriginalRecord original) {
        byte[] value = original.value();
        return value == null
                ? original
                : new OriginalRecord(
                        original.key(),
                        Arrays.copyOf(value, value.length / 2),
                        original.headers(),
                        original.timestamp());
    }
}
