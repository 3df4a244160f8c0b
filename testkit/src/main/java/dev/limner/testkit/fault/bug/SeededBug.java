package dev.limner.testkit.fault.bug;

import dev.limner.worker.fault.FaultPoints;
import java.util.Locale;

/**
 * A mistake that a worker can be told to make, to see whether a checker notices. Each has been somebody's bug. Found by
 * {@code ServiceLoader}: a public class with a constructor without parameters.
 */
public interface SeededBug extends FaultPoints {
    /** As {@code limner chaos --sabotage} calls it: {@code SkipFsync} is {@code skip-fsync}. */
    default String id() {
        return getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
