package dev.limner.worker.intake;

import java.time.Duration;

/**
 * A partition that cannot be read on.
 *
 * @param offset where it stands: that of the next record
 * @param error what Kafka's consumer says of it
 * @param since for how long
 */
public record PartitionDamage(PartitionRef partition, long offset, String error, Duration since) {
    /** One sentence, with what to do about it. */
    public String sentence() {
        return partition.topic() + "-" + partition.number() + " cannot be read on at offset " + offset + " since "
                + since.toSeconds() + " s (" + error
                + "): its jobs wait and it is tried again; if that does not help, move the group's offset past it by hand";
    }
}
