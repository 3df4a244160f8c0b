package dev.limner.broker;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How many files this process may have open ({@code ulimit -n}): every library, log segment and connection is one, and a
 * broker that finds none for its log gives up.
 */
public final class OpenFiles {
    /** A broker, three dozen partitions and the program around it have 180 open, without anybody connected. */
    static final int OWN = 200;

    /** From here on nobody has to count. */
    static final long PLENTY = 1024;

    /** What a worker, a trainer and the command that started them need. */
    private static final int FEW = 24;

    private OpenFiles() {}

    /** What a user should know before a broker starts; empty if there are plenty. */
    public static Optional<String> complaint() {
        return complaint(most());
    }

    static Optional<String> complaint(long most) {
        return most >= PLENTY
                ? Optional.empty()
                : Optional.of("only " + most + " files may be open at once (ulimit -n), "
                        + connections(most).orElse(0)
                        + " of them connections to the broker: enough for a worker or two; ulimit -n " + PLENTY
                        + " is enough for many");
    }

    /** How many connections leave a broker what it needs itself; empty if there are plenty. */
    static OptionalInt connections(long most) {
        return most >= PLENTY ? OptionalInt.empty() : OptionalInt.of((int) Math.max(FEW, most - OWN));
    }

    static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
