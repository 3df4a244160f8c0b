package dev.limner.worker.drill;

/** Mistakes a worker can be told to make, to see whether a checker notices. Each has been somebody's bug. */
public enum SeededBug {
    /** Results are published before their images are stored. */
    PUBLISH_BEFORE_STORE,
    /** Images are not forced to the device. */
    SKIP_FSYNC,
    /** Outcomes of partitions that belong to somebody else are published. */
    COMMIT_REVOKED,
    /** What the owner before has done beyond the committed offset is done again. */
    IGNORE_LEDGER,
    /** The outcomes of an aborted transaction are taken for published. */
    SEEK_NOTHING_AFTER_ABORT,
    /** Images of a batch go to their neighbours. */
    SWAP_PICTURES,
    /** What cannot be generated is answered, and its original is forgotten. */
    DROP_DEAD_LETTERS,
    /** A dead letter is sent again beside the next result. */
    REPEAT_DEAD_LETTERS,
    /** Dead letters hold half of the original's value. */
    CUT_DEAD_LETTERS,
    /** Originals too large for a record are stored without their end. */
    TRUNCATE_ORIGINALS,
    /** A job is generated though it was cancelled long before. */
    IGNORE_CANCELLATIONS,
    /** A job is generated though its deadline has passed. */
    IGNORE_DEADLINES,
    /** Results carry the context of another job of their batch. */
    MIX_CONTEXTS,
    /** Results carry the tenant of another job of their batch. */
    MIX_TENANTS,
    /** Results carry no group. */
    DROP_GROUPS,
    /** Results carry no warnings. */
    DROP_WARNINGS,
    /** Results do not say that the job was sent again. */
    DROP_REDRIVES,
    /** Results count one attempt too many. */
    MISCOUNT_ATTEMPTS,
    /** Results name the record behind the one they answer. */
    WRONG_SOURCE,
    /** The references of a job's first two images change places. */
    SWAP_INDEXES,
    /** Image files carry the caption of another job of their batch. */
    MIX_CAPTIONS
}
