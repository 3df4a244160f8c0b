package dev.limner.worker.health;

import java.util.List;

/** What the probes ask of a worker. Every question is safe from any thread and answered at once. */
public interface WorkerVitals {
    /** Whether the model to start with is loaded. What the worker waits for then is no reason to start it anew. */
    boolean loaded();

    /** Whether no thread of the worker's own is dead or stuck, and it has not ended because it could not continue. */
    boolean alive();

    /** Whether it owns partitions and takes jobs. */
    boolean taking();

    /** Whether some broker has answered lately. */
    boolean brokersAnswer();

    /** Why nothing moves, for people; empty if something does or the worker still loads what it starts with. */
    List<String> obstacles();
}
