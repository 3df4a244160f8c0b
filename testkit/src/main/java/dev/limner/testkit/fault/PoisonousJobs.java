package dev.limner.testkit.fault;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import java.util.List;

/** A device that fails for jobs that ask for it by their seed: some cannot be generated, others end the process. */
public final class PoisonousJobs implements OrderedFault {
    /** Seed of a job that the device cannot generate. */
    private static final long POISON = -666_001;

    /** Seed of a job that kills its worker. */
    private static final long HALT = -666_002;

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public ImageGenerator generator(ImageGenerator generator) {
                return new ForwardingGenerator(generator) {
                    @Override
                    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                        requests.forEach(request -> meet(request.seed()));
                        return super.generate(requests, batchSize);
                    }
                };
            }
        };
    }

    private static void meet(long seed) {
        if (seed == HALT) {
            FaultOrders.halt();
        }
        if (seed == POISON) {
            throw new IllegalStateException("a job that no device can generate");
        }
    }
}
