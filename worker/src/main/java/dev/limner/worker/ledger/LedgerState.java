package dev.limner.worker.ledger;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata of a committed offset says about its partition.
 *
 * @param nonce unlike any other transaction's
 * @param topic which topic the offset belongs to; null where the writer did not know or did not say so yet
 * @param held whether its writer has not let go of the partition: found by a new owner, the writer died or was cut off
 * @param consult whether more is done beyond the offset than stands here: the results topic tells what
 * @param crashes unclean take-overs in a row, since the jobs under suspicion were last all done
 * @param suspects how many offsets, from the committed one on, are under suspicion of killing their worker
 * @param started which of them was about to be generated alone, counted from the committed offset; -1 for none
 * @param done what is done beyond the committed offset; bit n for offset + n
 */
record LedgerState(
        long nonce,
        @Nullable TopicMark topic,
        boolean held,
        boolean consult,
        int crashes,
        int suspects,
        int started,
        BitSet done) {
    /** Of a partition nobody has committed anything but an offset for. */
    static final LedgerState NONE = new LedgerState(0, null, false, false, 0, 0, -1, new BitSet());

    LedgerState {
        if (crashes < 0 || suspects < 0 || started < -1) {
            throw new IllegalArgumentException(
                    "crashes " + crashes + ", suspects " + suspects + ", started " + started);
        }
        done = (BitSet) done.clone();
    }

    /** The same, let go of. */
    LedgerState letGo() {
        return new LedgerState(nonce, topic, false, consult, crashes, suspects, started, done);
    }
}
