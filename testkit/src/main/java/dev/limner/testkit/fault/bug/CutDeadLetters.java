package dev.limner.testkit.fault.bug;

import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.job.Publication;
import java.util.Arrays;

/** Dead letters hold half of the original's value. */
public final class CutDeadLetters implements SeededBug {
    @Override
    public Publication answered(Publication publication) {
        Publication.DeadLetter letter = publication.deadLetter();
        if (letter == null || letter.objectUri() != null) {
            return publication;
        }
        return new Publication(
                publication.result(),
                cut(publication.original()),
                publication.origin(),
                letter,
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
