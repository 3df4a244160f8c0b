package dev.limner.testkit.fault;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import java.util.List;

/** {@code device-stuck}: the device stays at its batch. */
public final class DeviceStuck implements OrderedFault {
    private static final int LOOK_MILLIS = 50;

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public ImageGenerator generator(ImageGenerator generator) {
                return new ForwardingGenerator(generator) {
                    @Override
                    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                        if (jobsHaveBegun(requests)) {
                            standStill(orders);
                        }
                        return super.generate(requests, batchSize);
                    }
                };
            }
        };
    }

    private static void standStill(FaultOrders orders) {
        try {
            while (orders.holds("device-stuck").isPresent()) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
