package dev.limner.worker.model;

import dev.limner.protocol.Job;
import java.time.Instant;

/**
 * A model that gets some of the jobs.
 *
 * @param share of the jobs that name no digest
 * @param until when it ends by itself
 */
record TrafficShare(String digest, double share, Instant until) {
    private static final int BUCKETS = 1 << 20;

    /** The same job goes the same way wherever and however often it is delivered, as long as the share is the same. */
    boolean gets(Job job) {
        int hash = (job.id() + digest).hashCode();
        // The low bits of a string's hash follow its last letters.
        int mixed = (hash ^ hash >>> 16) * 0x45d9f3b;
        double place = ((mixed ^ mixed >>> 16) & (BUCKETS - 1)) / (double) BUCKETS;
        return place < share && Instant.now().isBefore(until);
    }
}
