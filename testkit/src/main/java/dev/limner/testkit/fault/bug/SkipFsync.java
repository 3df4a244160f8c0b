package dev.limner.testkit.fault.bug;

import dev.limner.store.file.Disk;
import dev.limner.testkit.fault.forwarding.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Path;

/** Images are not forced to the device. */
public final class SkipFsync implements SeededBug {
    @Override
    public Disk disk(Disk disk) {
        return new ForwardingDisk(disk) {
            @Override
            public void write(Path file, byte[] bytes, boolean force) throws IOException {
                super.write(file, bytes, false);
            }

            @Override
            public void force(Path file) {}

            @Override
            public void forceFolder(Path folder) {}
        };
    }
}
