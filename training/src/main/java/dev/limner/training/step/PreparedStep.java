package dev.limner.training.step;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * What a step takes, on the device. Made by {@link GanTrainer#prepare}, on any thread; whoever has one closes it, and the step
 * itself closes what it is given.
 */
public final class PreparedStep implements AutoCloseable {
    private final long number;
    private final NDManager manager;
    private final List<StepArrays> batches;

    PreparedStep(long number, NDManager manager, List<StepArrays> batches) {
        this.number = number;
        this.manager = manager;
        this.batches = List.copyOf(batches);
    }

    /** Of the step, from 0. */
    public long number() {
        return number;
    }

    /** Owner of the arrays, and of everything else that lasts as long as the step. */
    NDManager manager() {
        return manager;
    }

    List<StepArrays> batches() {
        return batches;
    }

    @Override
    public void close() {
        manager.close();
    }
}
