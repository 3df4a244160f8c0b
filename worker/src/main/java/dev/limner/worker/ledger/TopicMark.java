package dev.limner.worker.ledger;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Which topic a ledger is about. A topic that is deleted and created again has the same name and another id.
 *
 * @param hash CRC-32 of the id's 16 bytes, all that a ledger of version 1 has room for
 * @param id in whole, where it is known
 */
record TopicMark(int hash, @Nullable Uuid id) {
    TopicMark {
        if (id != null && hash != hash(id)) {
            throw new IllegalArgumentException("a hash of " + hash + " is not that of topic id " + id);
        }
    }

    static TopicMark of(Uuid id) {
        return new TopicMark(hash(id), id);
    }

    /** All that a ledger of version 1 says. */
    static TopicMark ofHash(int hash) {
        return new TopicMark(hash, null);
    }

    /** Whether this could be a topic's mark; wrong once in 2^32 if only the hash is known. */
    boolean fits(Uuid topic) {
        return id == null ? hash == hash(topic) : id.equals(topic);
    }

    private static int hash(Uuid id) {
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return id == null ? String.format("%08x (hash)", hash) : id.toString();
    }
}
