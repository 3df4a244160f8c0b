package dev.limner.worker.model;

import ai.djl.Device;
import dev.limner.generator.device.ReferenceBatch;
import java.util.List;

/**
 * The batch sizes the device computes. A batch is padded to the next of them, because only for a handful of sizes can
 * be shown at start that an image comes out the same in each.
 *
 * @param sizes ascending
 */
public record BatchBuckets(List<Integer> sizes) {
    public BatchBuckets {
        sizes = sizes.stream().distinct().sorted().toList();
        if (sizes.isEmpty() || sizes.get(0) < 1) {
            throw new IllegalArgumentException(
                    "limner.worker.batch.sizes is " + sizes + ", must be at least one positive number");
        }
    }

    /** What was measured to suit a kind of device. */
    public static BatchBuckets suiting(Device device) {
        int largest = ReferenceBatch.on(device);
        return new BatchBuckets(List.of(largest / 4, largest / 2, largest));
    }

    public int largest() {
        return sizes.get(sizes.size() - 1);
    }

    /** The next smaller size; 0 if there is none. */
    public int below(int size) {
        return sizes.stream()
                .filter(smaller -> smaller < size)
                .reduce((first, second) -> second)
                .orElse(0);
    }

    /** The smallest size that holds {@code count} images, or the largest if none does. */
    public int holding(int count) {
        return sizes.stream().filter(size -> size >= count).findFirst().orElse(largest());
    }
}
