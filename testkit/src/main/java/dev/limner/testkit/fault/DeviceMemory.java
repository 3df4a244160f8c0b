package dev.limner.testkit.fault;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.OutOfDeviceMemoryException;
import java.util.List;

/** {@code device-memory}: the device has no room for more images at once than the order's text says. */
public final class DeviceMemory implements OrderedFault {
    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public ImageGenerator generator(ImageGenerator generator) {
                return new ForwardingGenerator(generator) {
                    @Override
                    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                        orders.holds("device-memory").map(Integer::parseInt).ifPresent(most -> {
                            if (batchSize > most) {
                                throw new OutOfDeviceMemoryException(
                                        batchSize, new IllegalStateException("the device was told so"));
                            }
                        });
                        return super.generate(requests, batchSize);
                    }
                };
            }
        };
    }
}
