package dev.limner.testkit.fault;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import java.util.List;

/** {@code device-fails}: the device generates nothing. */
public final class DeviceFails implements OrderedFault {
    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public ImageGenerator generator(ImageGenerator generator) {
                return new ForwardingGenerator(generator) {
                    @Override
                    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                        if (orders.holds("device-fails").isPresent()) {
                            throw new IllegalStateException("the device was told to fail");
                        }
                        return super.generate(requests, batchSize);
                    }
                };
            }
        };
    }
}
