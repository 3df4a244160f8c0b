package dev.limner.worker.release;

import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * Which model records a worker believes. Without a key every record that can be read; with one only what is signed with its
 * other half and not older than a record that this worker, its predecessor in the cache or another worker of the fleet has
 * known: whoever can write to the topic can neither make a record nor bring an old one back. Safe from any thread.
 */
final class RecordTrust {
    private final @Nullable PublicKey key;
    private final RevisionMemory memory;

    RecordTrust(@Nullable PublicKey key, RevisionMemory memory) {
        this.key = key;
        this.memory = memory;
    }

    /**
     * A record by whoever may make one, new or old.
     *
     * @param bytes as they came
     * @throws ReleaseRejected if it is not signed as it must be
     * @throws IllegalArgumentException naming the field, if it is no record
     */
    ModelRecord authentic(byte[] bytes) throws ReleaseRejected {
        ModelRecord record = ModelRecord.decode(bytes);
        PublicKey trusted = key;
        if (trusted == null || ReleaseKeys.verifies(trusted, bytes)) {
            return record;
        }
        if (record.signature() == null) {
            throw new ReleaseRejected(
                    record.live().digest(),
                    RefusalCode.RECORD_DOUBTED,
                    about(record) + " is not signed, and this worker has a key; 'limner models sign' signs it");
        }
        throw new ReleaseRejected(
                record.live().digest(),
                RefusalCode.RECORD_DOUBTED,
                about(record) + " is not signed with the key this worker was given");
    }

    /** @throws ReleaseRejected if the fleet has known a newer one */
    void requireNewest(ModelRecord record) throws ReleaseRejected {
        if (isStrict() && record.revision() < memory.highest()) {
            throw new ReleaseRejected(
                    record.live().digest(),
                    RefusalCode.RECORD_DOUBTED,
                    about(record) + " is older than revision " + memory.highest()
                            + ", which this fleet has known; 'limner models sign --above " + memory.highest()
                            + "' makes it the newest");
        }
    }

    private static String about(ModelRecord record) {
        return "the model record of revision " + record.revision();
    }

    /** Whether there is a key. */
    boolean isStrict() {
        return key != null;
    }

    /** Whether the fleet has known a record: that there is none now is not to be believed then. */
    boolean expectsRecord() {
        return isStrict() && memory.highest() > 0;
    }

    /** A record was carried out: nothing older is believed from now on. */
    void carriedOut(ModelRecord record) {
        if (key != null) {
            memory.raise(record.revision());
        }
    }
}
