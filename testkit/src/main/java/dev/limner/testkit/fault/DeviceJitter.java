package dev.limner.testkit.fault;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A device of whose batches no two take the same time, and some very long, so that others overtake them. Every worker with
 * the kit has it.
 */
public final class DeviceJitter implements OrderedFault {
    private static final int MILLIS = 60;
    private static final int LONG_ONE_IN = 12;
    private static final int LONG_MILLIS = 1200;

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public ImageGenerator generator(ImageGenerator generator) {
                return new ForwardingGenerator(generator) {
                    @Override
                    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                        pause(jobsHaveBegun(requests));
                        return super.generate(requests, batchSize);
                    }
                };
            }
        };
    }

    private static void pause(boolean maybeLong) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean longer = maybeLong && random.nextInt(LONG_ONE_IN) == 0;
        try {
            Thread.sleep(longer ? LONG_MILLIS : random.nextInt(MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
