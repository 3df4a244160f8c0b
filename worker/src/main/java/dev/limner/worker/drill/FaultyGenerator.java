package dev.limner.worker.drill;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A device that fails on order, and for jobs that ask for it by their seed. One with {@link #POISON} cannot be generated,
 * one with {@link #HALT} ends the process. Safe from any thread.
 */
public final class FaultyGenerator implements ImageGenerator {
    /** Seed of a job that the device cannot generate. */
    public static final long POISON = -666_001;

    /** Seed of a job that kills its worker. */
    public static final long HALT = -666_002;

    private static final int JITTER_MILLIS = 60;
    private static final int STUCK_ONE_IN = 12;
    private static final int STUCK_MILLIS = 1200;
    private static final int STUCK_LOOK_MILLIS = 50;

    private final ImageGenerator generator;
    private final FaultInjector drill;
    private final boolean swaps;
    private volatile boolean armed;

    /** @param swaps whether the images of a batch go to their neighbours */
    public FaultyGenerator(ImageGenerator generator, FaultInjector drill, boolean swaps) {
        this.generator = generator;
        this.drill = drill;
        this.swaps = swaps;
    }

    /** Jobs follow: until now only the device itself was tried. */
    public void arm() {
        armed = true;
    }

    @Override
    public Result.Model model() {
        return generator.model();
    }

    @Override
    public ModelInputs inputs() {
        return generator.inputs();
    }

    @Override
    public ImageSize size() {
        return generator.size();
    }

    @Override
    public List<RenderRequest> probes(int count) {
        return generator.probes(count);
    }

    @Override
    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
        drill.failIfOrdered();
        if (drill.holds("device-fails").isPresent()) {
            throw new IllegalStateException("the device was told to fail");
        }
        drill.holds("device-memory").map(Integer::parseInt).ifPresent(most -> {
            if (batchSize > most) {
                throw new OutOfDeviceMemoryException(batchSize, new IllegalStateException("the device was told so"));
            }
        });
        for (RenderRequest request : requests) {
            if (request.seed() == HALT) {
                Runtime.getRuntime().halt(FaultInjector.KILLED);
            }
            if (request.seed() == POISON) {
                throw new IllegalStateException("a job that no device can generate");
            }
        }
        jitter();
        standStill();
        List<Pixels> images = generator.generate(requests, batchSize);
        if (swaps
                && armed
                && requests.stream().mapToLong(RenderRequest::seed).distinct().count() > 1) {
            List<Pixels> swapped = new ArrayList<>(images);
            Collections.rotate(swapped, 1);
            return swapped;
        }
        return images;
    }

    /** No two batches take the same time, and some take very long, so that others overtake them. */
    private void jitter() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean stuck = armed && random.nextInt(STUCK_ONE_IN) == 0;
        try {
            Thread.sleep(stuck ? STUCK_MILLIS : random.nextInt(JITTER_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void standStill() {
        try {
            while (armed && drill.holds("device-stuck").isPresent()) {
                Thread.sleep(STUCK_LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        generator.close();
    }
}
