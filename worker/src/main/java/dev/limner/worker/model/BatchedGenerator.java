package dev.limner.worker.model;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any number of images as computations of a few fixed sizes. When it starts every size is probed against the largest,
 * and one whose images differ in a single byte is not used: that is what makes an image independent of its batch. A
 * size the device has no memory for is not used again either. Safe from any thread.
 */
public final class BatchedGenerator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchedGenerator.class);

    private final ImageGenerator generator;
    private final BatchBuckets sizes;
    private final JobInputs inputs;
    private final AtomicInteger largest;

    private BatchedGenerator(ImageGenerator generator, BatchBuckets sizes) {
        this.generator = generator;
        this.sizes = sizes;
        this.inputs = new JobInputs(generator.model().name(), generator.inputs());
        this.largest = new AtomicInteger(sizes.largest());
    }

    /**
     * Warms a generator up and probes it.
     *
     * @param generator closed by {@link #close()}
     * @throws IllegalStateException if not even the largest size generates an image the same in every place
     */
    public static BatchedGenerator of(ImageGenerator generator, BatchBuckets wanted) {
        List<RenderRequest> probes = generator.probes(wanted.largest());
        List<Pixels> reference = generator.generate(probes, wanted.largest());
        List<Integer> agreeing = new ArrayList<>();
        for (int size : wanted.sizes()) {
            if (agrees(generator, probes, reference, size)) {
                agreeing.add(size);
            } else {
                LOG.atWarn().addKeyValue("batchSize", size).log("batch size disabled: its images differ");
            }
        }
        if (!agreeing.contains(wanted.largest())) {
            throw new IllegalStateException(
                    "in batches of " + wanted.largest()
                            + " an image's bytes depend on its place or on the others: limner.worker.batch.sizes needs another largest size");
        }
        return new BatchedGenerator(generator, new BatchBuckets(agreeing));
    }

    /** What it reads of a job. */
    public JobInputs inputs() {
        return inputs;
    }

    /** Whether every probe comes out the same in batches of {@code size}, in another place, among others and alone. */
    private static boolean agrees(
            ImageGenerator generator, List<RenderRequest> probes, List<Pixels> reference, int size) {
        for (int from = 0; from < probes.size(); from += size) {
            int to = Math.min(from + size, probes.size());
            List<Pixels> generated = generator
                    .generate(probes.subList(from, to).reversed(), size)
                    .reversed();
            for (int i = from; i < to; i++) {
                if (!Arrays.equals(
                        generated.get(i - from).rgb(), reference.get(i).rgb())) {
                    return false;
                }
            }
        }
        // The batches before hold the same images in another order, and what sees only their mean makes the same of
        // them.
        return Arrays.equals(
                generator.generate(probes.subList(0, 1), size).get(0).rgb(),
                reference.get(0).rgb());
    }

    /** What it draws with. */
    public Result.Model model() {
        return generator.model();
    }

    /** The one size it generates. */
    public ImageSize size() {
        return generator.size();
    }

    /** The largest batch it still tries. */
    public int largestBatch() {
        return largest.get();
    }

    /**
     * Generates any number of images, in order; an image's bytes do not depend on the others.
     *
     * @throws OutOfDeviceMemoryException if not even the smallest batch fits
     */
    public List<Pixels> generate(List<RenderRequest> requests) {
        List<Pixels> images = new ArrayList<>(requests.size());
        while (images.size() < requests.size()) {
            int most = largest.get();
            int from = images.size();
            List<RenderRequest> chunk = requests.subList(from, Math.min(from + most, requests.size()));
            int size = sizes.holding(chunk.size());
            try {
                images.addAll(generator.generate(chunk, size));
            } catch (OutOfDeviceMemoryException e) {
                int smaller = sizes.below(size);
                if (smaller == 0) {
                    throw e;
                }
                largest.accumulateAndGet(smaller, Math::min);
                LOG.atWarn()
                        .addKeyValue("batchSize", size)
                        .addKeyValue("error", e.getMessage())
                        .log("batch size disabled: the device has no memory for it");
            }
        }
        return images;
    }

    /** Images that depend on nothing but the model and their number. */
    public List<Pixels> probes(int count) {
        return generate(generator.probes(count));
    }

    /** Generates something that cannot be at fault itself; throws whatever the device does if it does not work. */
    public void probe() {
        var unused = generator.generate(generator.probes(1), sizes.sizes().get(0));
    }

    @Override
    public void close() {
        generator.close();
    }
}
