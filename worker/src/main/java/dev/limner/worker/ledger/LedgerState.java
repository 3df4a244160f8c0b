package dev.limner.worker.ledger;

import java.util.BitSet;

/**
 * What the metadata of a committed offset says about its partition.
 *
 * @param nonce unlike any other transaction's
 * @param held whether its writer has not let go of the partition: found by a new owner, the writer died or was cut off
 * @param crashes unclean take-overs in a row, since the jobs under suspicion were last all done
 * @param suspects how many offsets, from the committed one on, are under suspicion of killing their worker
 * @param started which of them was about to be drawn alone, counted from the committed offset; -1 for none
 * @param done what is done beyond the committed offset; bit n for offset + n
 */
record LedgerState(long nonce, boolean held, int crashes, int suspects, int started, BitSet done) {
    /** Of a partition nobody has committed anything but an offset for. */
    static final LedgerState NONE = new LedgerState(0, false, 0, 0, -1, new BitSet());

    LedgerState {
        if (crashes < 0 || suspects < 0 || started < -1) {
            throw new IllegalArgumentException(
                    "crashes " + crashes + ", suspects " + suspects + ", started " + started);
        }
        done = (BitSet) done.clone();
    }
}
