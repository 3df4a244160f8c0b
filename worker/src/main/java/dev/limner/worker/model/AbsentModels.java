package dev.limner.worker.model;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Models that jobs name and that are not here: which are asked for, and which are known not to be had. Not safe from
 * several threads: the catalog's lock guards it.
 */
final class AbsentModels {
    /** Somebody may have put it into the store since. */
    private static final long ASK_AGAIN_NANOS = 60_000_000_000L;
    /** Anybody may name digests that do not exist; of more than these the oldest is asked for again. */
    static final int MOST_MISSING = 1000;
    /** Models asked for at a time; jobs that name others wait for their turn. */
    static final int MOST_ASKED = 100;

    private final SequencedMap<String, Missing> missing = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();
    private @Nullable Consumer<String> wanted;

    private record Missing(String why, long sinceNanos) {
        boolean isKnown() {
            return System.nanoTime() - sinceNanos < ASK_AGAIN_NANOS;
        }
    }

    /** As {@link ModelCatalog#onWanted}. */
    void onWanted(@Nullable Consumer<String> listener) {
        wanted = listener;
    }

    /** Where a job goes that names such a model. Changes nothing. */
    ModelRoute route(String digest) {
        if (wanted == null) {
            return new ModelRoute.UnknownModel("which is not served here: this worker serves one model only");
        }
        Missing known = missing.get(digest);
        return known != null && known.isKnown()
                ? new ModelRoute.UnknownModel("which is not served here: " + known.why)
                : new ModelRoute.Loading();
    }

    /** Asks for a model, once, unless it is known not to be had or too many are asked for. */
    void want(String digest) {
        Consumer<String> listener = wanted;
        Missing known = missing.get(digest);
        if (listener != null && (known == null || !known.isKnown()) && asked.size() < MOST_ASKED && asked.add(digest)) {
            listener.accept(digest);
        }
    }

    /** It is here. */
    void arrived(String digest) {
        missing.remove(digest);
        asked.remove(digest);
    }

    /** It is not to be had. */
    void unavailable(String digest, String why) {
        asked.remove(digest);
        missing.putLast(digest, new Missing(why, System.nanoTime()));
        if (missing.size() > MOST_MISSING) {
            missing.pollFirstEntry();
        }
    }

    /** Forgets what was not to be had: there is news. */
    void askAgain() {
        missing.clear();
    }
}
