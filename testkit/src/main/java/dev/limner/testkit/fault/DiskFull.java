package dev.limner.testkit.fault;

import dev.limner.store.file.Disk;
import dev.limner.testkit.fault.forwarding.ForwardingDisk;
import dev.limner.worker.fault.FaultPoints;
import java.io.IOException;
import java.nio.file.Path;

/** {@code disk-full}: the disk takes no byte more. */
public final class DiskFull implements OrderedFault {
    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public Disk disk(Disk disk) {
                return new ForwardingDisk(disk) {
                    @Override
                    public void write(Path file, byte[] bytes, boolean force) throws IOException {
                        if (orders.holds("disk-full").isPresent()) {
                            throw new IOException("No space left on device");
                        }
                        super.write(file, bytes, force);
                    }
                };
            }
        };
    }
}
