package dev.limner.testkit.fault;

import dev.limner.store.file.Disk;
import dev.limner.testkit.fault.forwarding.ForwardingDisk;
import dev.limner.worker.fault.FaultPoints;
import java.io.IOException;
import java.nio.file.Path;

/** {@code disk-slow}: the disk takes its time for every force. */
public final class DiskSlow implements OrderedFault {
    private static final long MILLIS = 400;

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public Disk disk(Disk disk) {
                return new ForwardingDisk(disk) {
                    @Override
                    public void write(Path file, byte[] bytes, boolean force) throws IOException {
                        if (force) {
                            waitIfOrdered(orders);
                        }
                        super.write(file, bytes, force);
                    }

                    @Override
                    public void force(Path file) throws IOException {
                        waitIfOrdered(orders);
                        super.force(file);
                    }
                };
            }
        };
    }

    private static void waitIfOrdered(FaultOrders orders) throws IOException {
        if (orders.holds("disk-slow").isPresent()) {
            try {
                Thread.sleep(MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
