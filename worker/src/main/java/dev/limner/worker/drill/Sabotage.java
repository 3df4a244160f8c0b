package dev.limner.worker.drill;

/** Mistakes a worker can be told to make, to see whether a checker notices. Each has been somebody's bug. */
public enum Sabotage {
    /** Results are published before their pictures are stored. */
    PUBLISH_BEFORE_STORE,
    /** Pictures are not forced to the device. */
    SKIP_FSYNC,
    /** Outcomes of partitions that belong to somebody else are published. */
    COMMIT_REVOKED,
    /** What the owner before has done beyond the committed offset is done again. */
    IGNORE_LEDGER,
    /** The outcomes of an aborted transaction are taken for published. */
    SEEK_NOTHING_AFTER_ABORT,
    /** Pictures of a batch go to their neighbours. */
    SWAP_PICTURES
}
