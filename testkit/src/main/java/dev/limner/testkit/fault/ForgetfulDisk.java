package dev.limner.testkit.fault;

import dev.limner.store.file.Disk;
import dev.limner.worker.fault.FaultPoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A disk as a loss of power sees it: nobody but this process finds bytes that were not forced or names whose folder was
 * not forced, and when the process ends they are gone. {@code crash-unforced} ends it at the next such write. Every worker
 * with the kit has it. Safe from any thread.
 */
public final class ForgetfulDisk implements OrderedFault {
    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public Disk disk(Disk disk) {
                return new Forgetting(disk, orders);
            }
        };
    }

    private static final class Forgetting implements Disk {
        private final Disk real;
        private final FaultOrders orders;
        /** Bytes that were written and not forced. */
        private final Map<Path, byte[]> unforced = new ConcurrentHashMap<>();
        /** New names, with what they name, whose folder was not forced. */
        private final Map<Path, Path> unnamed = new ConcurrentHashMap<>();

        Forgetting(Disk real, FaultOrders orders) {
            this.real = real;
            this.orders = orders;
        }

        @Override
        public boolean isFolder(Path folder) {
            return real.isFolder(folder);
        }

        @Override
        public void createFolders(Path folder) throws IOException {
            real.createFolders(folder);
        }

        @Override
        public boolean exists(Path file) {
            return unnamed.containsKey(file) || unforced.containsKey(file) || real.exists(file);
        }

        @Override
        public byte[] read(Path file) throws IOException {
            Path named = unnamed.getOrDefault(file, file);
            byte[] bytes = unforced.get(named);
            return bytes == null ? real.read(named) : bytes;
        }

        @Override
        public void write(Path file, byte[] bytes, boolean force) throws IOException {
            unforced.put(file, bytes);
            orders.crash("crash-unforced");
            if (force) {
                force(file);
            }
        }

        @Override
        public void force(Path file) throws IOException {
            Path named = unnamed.getOrDefault(file, file);
            byte[] bytes = unforced.get(named);
            if (bytes != null) {
                real.write(named, bytes, false);
                unforced.remove(named);
            }
        }

        @Override
        public void touch(Path file) throws IOException {
            if (real.exists(file)) {
                real.touch(file);
            }
        }

        @Override
        public void rename(Path file, Path to) throws IOException {
            Path replaced = unnamed.put(to, file);
            if (replaced != null) {
                deleteIfExists(replaced);
            }
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            for (Map.Entry<Path, Path> name : List.copyOf(unnamed.entrySet())) {
                Path file = name.getKey();
                Path from = name.getValue();
                // A name whose bytes were not forced names nothing after a loss of power.
                if (folder.equals(file.getParent()) && !unforced.containsKey(from) && unnamed.remove(file, from)) {
                    real.rename(from, file);
                }
            }
        }

        @Override
        public void deleteIfExists(Path file) throws IOException {
            unforced.remove(file);
            real.deleteIfExists(file);
        }
    }
}
