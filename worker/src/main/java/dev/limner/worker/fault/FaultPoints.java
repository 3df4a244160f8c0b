package dev.limner.worker.fault;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.process.FaultKit;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.Disk;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.Publication;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.publish.PublishOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where faults can be put into a worker. Each method is handed what the worker would use, and the worker uses what it
 * returns; without an implementation everything is used as it is. The worker has none: one comes from a {@link FaultKit}
 * that the process was told to load, found by {@code ServiceLoader}, with a public constructor without parameters.
 *
 * <p>Called while the worker starts, on the thread that starts it, unless a method says otherwise.
 */
public interface FaultPoints extends CrashPoint.Watch {
    /** No faults. */
    FaultPoints NONE = new FaultPoints() {
        @Override
        public boolean watching() {
            return false;
        }
    };

    /**
     * Those of the process.
     *
     * @throws IllegalStateException if faults are asked for and cannot be had
     */
    static FaultPoints ofProcess() {
        return FaultKit.load("worker", FaultPoints.class).orElse(NONE);
    }

    /** On any thread. */
    @Override
    default void reached(CrashPoint point) {}

    /** The worker's idea of the time of day. */
    default Clock clock(Clock clock) {
        return clock;
    }

    /** Under the store. */
    default Disk disk(Disk disk) {
        return disk;
    }

    /** Under the retries. */
    default ObjectStore store(ObjectStore store) {
        return store;
    }

    /** Of each model that is loaded, on any thread; closed by the worker. */
    default ImageGenerator generator(ImageGenerator generator) {
        return generator;
    }

    /** Of each model that is loaded, on any thread; not to be closed before the encoder itself. */
    default TextEncoder textEncoder(TextEncoder encoder) {
        return encoder;
    }

    /** When a job was cancelled, by its id. */
    default Function<String, Optional<Instant>> cancellations(Function<String, Optional<Instant>> cancellations) {
        return cancellations;
    }

    /** What hears of partitions that go away. */
    default OwnershipListener ownership(OwnershipListener listener) {
        return listener;
    }

    /** A partition that the worker gets. On the control thread. */
    default PartitionAssignment assigned(PartitionAssignment assignment) {
        return assignment;
    }

    /** A record as the worker takes it. On the control thread. */
    default RecordDelivery delivered(RecordDelivery delivery) {
        return delivery;
    }

    /** The caption that goes into the files of a job. On any thread. */
    default String caption(String caption) {
        return caption;
    }

    /** An answer as the worker publishes it. On the control thread. */
    default Publication answered(Publication publication) {
        return publication;
    }

    /** How a publication ended. On the control thread. */
    default PublishOutcome published(PublishOutcome outcome) {
        return outcome;
    }
}
