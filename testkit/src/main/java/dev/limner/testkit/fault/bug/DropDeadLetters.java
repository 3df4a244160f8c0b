package dev.limner.testkit.fault.bug;

import dev.limner.worker.job.Publication;

/** What cannot be generated is answered, and its original is forgotten. */
public final class DropDeadLetters implements SeededBug {
    @Override
    public Publication answered(Publication publication) {
        return new Publication(
                publication.result(), publication.original(), publication.origin(), null, publication.traceParent());
    }
}
