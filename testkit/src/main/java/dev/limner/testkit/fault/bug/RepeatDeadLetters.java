package dev.limner.testkit.fault.bug;

import dev.limner.worker.job.Publication;
import org.jspecify.annotations.Nullable;

/** A dead letter is sent again beside the next result. One thread: the control thread. */
public final class RepeatDeadLetters implements SeededBug {
    private @Nullable Publication last;

    @Override
    public Publication answered(Publication publication) {
        if (publication.deadLetter() != null) {
            last = publication;
            return publication;
        }
        Publication letter = last;
        last = null;
        return letter == null
                ? publication
                : new Publication(
                        publication.result(),
                        letter.original(),
                        letter.origin(),
                        letter.deadLetter(),
                        publication.traceParent());
    }
}
