package dev.limner.testkit.fault;

import dev.limner.worker.fault.FaultPoints;

/**
 * A fault that every worker with the kit has; most strike on order. Found by {@code ServiceLoader}: a public class with a
 * constructor without parameters. What is listed later is put in front of what is listed earlier.
 */
public interface OrderedFault {
    /** Where it is put into the worker. */
    FaultPoints obeying(FaultOrders orders);
}
