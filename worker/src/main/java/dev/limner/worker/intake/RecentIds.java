package dev.limner.worker.intake;

import dev.limner.protocol.Digests;
import dev.limner.protocol.Job;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The ids last seen in each owned partition, so that a job sent twice in a row is generated once. In memory only: a new owner
 * starts with none. One thread: the control thread.
 */
public final class RecentIds {
    private final int perPartition;
    private final Map<PartitionRef, Window> windows = new HashMap<>();

    /** What an id turned out to be. */
    public enum Seen {
        /** Not seen lately. */
        NEW,
        /** Seen, with the same content. */
        REPEAT,
        /** Seen, with other content. */
        CONFLICT
    }

    private static final class Window {
        private final long ownership;
        private final SequencedMap<String, Long> fingerprints = new LinkedHashMap<>();
        private long offset = -1;

        Window(long ownership) {
            this.ownership = ownership;
        }

        /** Within one ownership of one log, offsets only grow: one that does not is of a topic that was created again. */
        boolean precedes(RecordRef ref) {
            return ownership == ref.ownership() && offset < ref.offset();
        }
    }

    /** @param perPartition ids remembered, the last seen; 0 for none */
    public RecentIds(int perPartition) {
        if (perPartition < 0) {
            throw new IllegalArgumentException(
                    "limner.worker.intake.recent-ids is " + perPartition + ", must be at least 0");
        }
        this.perPartition = perPartition;
    }

    /**
     * Notes a job.
     *
     * @param redrive how often it was sent again from the dead letters: each time counts as another job
     */
    public Seen see(RecordRef ref, Job job, int redrive) {
        if (perPartition == 0) {
            return Seen.NEW;
        }
        Window window = windows.get(ref.partition());
        if (window == null || !window.precedes(ref)) {
            // What a former ownership has seen is delivered again if it was not answered.
            window = new Window(ref.ownership());
            windows.put(ref.partition(), window);
        }
        window.offset = ref.offset();
        SequencedMap<String, Long> seen = window.fingerprints;
        String key = redrive == 0 ? job.id() : job.id() + "/" + redrive;
        // A record's text holds every component, and nothing else.
        long fingerprint = Digests.fingerprint(job.toString());
        Long before = seen.putIfAbsent(key, fingerprint);
        if (before != null) {
            return before == fingerprint ? Seen.REPEAT : Seen.CONFLICT;
        }
        if (seen.size() > perPartition) {
            seen.pollFirstEntry();
        }
        return Seen.NEW;
    }

    /** Forgets partitions that are no longer owned. */
    public void release(Set<PartitionRef> gone) {
        windows.keySet().removeAll(gone);
    }
}
