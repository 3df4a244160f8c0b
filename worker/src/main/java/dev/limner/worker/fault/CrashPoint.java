package dev.limner.worker.fault;

/** Places on a job's way at which a worker's death has consequences of its own. */
public enum CrashPoint {
    /** Images are generated and nowhere but in memory. */
    AFTER_IMAGE,
    /** Images are durable and nobody knows of them. */
    AFTER_STORE,
    /** Results are sent in a transaction that is not committed. */
    AFTER_SEND,
    /** The brokers are asked to commit and have not answered. */
    MID_COMMIT;

    /** Told when a worker passes a point; a fault drill ends the process there. Safe from any thread. */
    @FunctionalInterface
    public interface Watch {
        /** Nobody watches. */
        Watch NONE = point -> {};

        void reached(CrashPoint point);
    }
}
