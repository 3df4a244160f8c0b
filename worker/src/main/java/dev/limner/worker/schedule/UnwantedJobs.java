package dev.limner.worker.schedule;

import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Jobs that nobody wants generated any more: cancelled, or past their deadline. Asked when a job arrives, when its batch is
 * formed and right before the device. Safe from any thread.
 */
public final class UnwantedJobs {
    private final Function<String, Optional<Instant>> cancelled;
    private final OutcomePublications outcomes;

    /** @param cancelled when a job was cancelled, by its id; safe from any thread */
    public UnwantedJobs(Function<String, Optional<Instant>> cancelled, OutcomePublications outcomes) {
        this.cancelled = cancelled;
        this.outcomes = outcomes;
    }

    /** The answer to such a job; empty for one that is wanted. */
    public Optional<Publication> answer(QueuedJob queued, Instant now) {
        Optional<Publication> answer =
                cancelled.apply(queued.job().id()).map(since -> outcomes.cancelled(queued, since));
        Instant deadline = queued.job().deadline();
        return answer.isEmpty() && deadline != null && queued.expired(now)
                ? Optional.of(outcomes.expired(queued, deadline))
                : answer;
    }
}
