package dev.limner.worker.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether there is room for one more model. */
@FunctionalInterface
interface ModelMemory {
    /** The file, the copy on the heap while it is loaded, the tensors, and what generating takes. */
    long WEIGHTS = 4;

    /** For everything else that continues. */
    long SPARE = 128L << 20;

    /** @param bytes of the model's weights */
    boolean holds(long bytes);

    /** The memory of this machine or container; what cannot be told counts as enough. */
    static ModelMemory ofMachine() {
        return bytes -> available().map(free -> free > WEIGHTS * bytes + SPARE).orElse(true);
    }

    private static Optional<Long> available() {
        Optional<Long> machine = meminfo();
        Optional<Long> container = number("/sys/fs/cgroup/memory.max")
                .flatMap(most -> number("/sys/fs/cgroup/memory.current").map(used -> most - used));
        return container.map(room -> Math.min(room, machine.orElse(room))).or(() -> machine);
    }

    private static Optional<Long> meminfo() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Empty also for "max": no limit. */
    private static Optional<Long> number(String file) {
        try {
            return Optional.of(Long.parseLong(Files.readString(Path.of(file)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
