package dev.limner.worker.release;

import dev.limner.protocol.WorkerStatus;
import java.util.List;
import java.util.Optional;

/** How far a worker is with what it was told to run. Safe from any thread. */
public interface ReleaseReport {
    /** Of a worker whose model never changes. */
    ReleaseReport NONE = new ReleaseReport() {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public List<WorkerStatus.Refusal> refused() {
            return List.of();
        }
    };

    /** Of the model record it has carried out; 0 before the first. */
    long revision();

    /** Why the models topic cannot be read at the moment; empty while it can. */
    default Optional<String> failing() {
        return Optional.empty();
    }

    /** Releases it does not run though it should, the latest last. */
    List<WorkerStatus.Refusal> refused();
}
