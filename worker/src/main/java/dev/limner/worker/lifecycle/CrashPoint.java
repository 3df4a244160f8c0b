package dev.limner.worker.lifecycle;

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

    /** Told when a worker passes a point. Safe from any thread. */
    @FunctionalInterface
    public interface Watch {
        /** Nobody watches. */
        Watch NONE = new Watch() {
            @Override
            public void reached(CrashPoint point) {}

            @Override
            public boolean watching() {
                return false;
            }
        };

        void reached(CrashPoint point);

        /** Whether anybody does anything when told. If not, the worker need not wait to be at a point exactly. */
        default boolean watching() {
            return true;
        }
    }
}
