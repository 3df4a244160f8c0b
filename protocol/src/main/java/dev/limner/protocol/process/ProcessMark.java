package dev.limner.protocol.process;

import java.time.Instant;
import java.util.Optional;

/**
 * One process and no later one of the same number.
 *
 * @param name for a user to read
 * @param pid its number
 * @param started when it started, in milliseconds since 1970; 0 where the system does not say
 */
public record ProcessMark(String name, long pid, long started) {
    /** A start is counted from the machine's boot, which the system tells to a second and corrects with its clock. */
    private static final long SAME_WITHIN_MILLIS = 5_000;

    /** A process that runs. */
    public static ProcessMark of(String name, ProcessHandle process) {
        return new ProcessMark(
                name,
                process.pid(),
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** The process, if it still runs. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(found -> Math.abs(of(name, found).started() - started) <= SAME_WITHIN_MILLIS);
    }
}
