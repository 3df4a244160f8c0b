package dev.limner.training.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One go at making the live model better. What it starts from is written down before it starts, so that one that was
 * killed continues as the same.
 *
 * @param id grows
 * @param state where it is
 * @param trigger who or what started it
 * @param parent digest of the model it starts from
 * @param upTo number of the last entry it learns from
 * @param seed of everything random in it
 * @param candidate digest of what came out; absent before, and if nothing did
 * @param notes what it found, for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoundRecord(
        long id,
        State state,
        String trigger,
        String parent,
        long upTo,
        long seed,
        Instant started,
        @Nullable Instant ended,
        @Nullable String candidate,
        List<String> notes) {
    public RoundRecord {
        notes = List.copyOf(notes);
    }

    /** Where a round is. */
    public enum State {
        /** Under way; after a restart it continues. */
        RUNNING,
        /** Nothing was tuned: the feedback does not say what is liked. */
        BLOCKED,
        /** The gate did not let the candidate pass. */
        REJECTED,
        /** The candidate was released. */
        RELEASED,
        /** It could not be finished. */
        FAILED
    }

    /** The same round, over. */
    public RoundRecord ended(State how, @Nullable String outcome, List<String> findings, Instant now) {
        return new RoundRecord(id, how, trigger, parent, upTo, seed, started, now, outcome, findings);
    }
}
