package dev.limner.training.evaluate;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Layers;
import java.util.List;

/**
 * Nearest images by their pixels, brought to 16x16: near enough to see a copy, coarse enough not to be misled by noise.
 * Owns the native memory of the images searched in; one thread.
 */
final class NearestNeighbours implements AutoCloseable {
    private static final int SIDE = 16;
    private static final int VALUES = 3 * SIDE * SIDE;
    private static final int QUERIES = 64;

    private final NDManager manager;
    private final NDArray columns;
    private final NDArray squares;
    private final int size;

    NearestNeighbours(List<Pixels> images) {
        this.size = images.size();
        this.manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        try (NDManager temporary = manager.newSubManager()) {
            NDArray rows = temporary.create(thumbnails(images), new Shape(images.size(), VALUES));
            // A copy: a view of an array made from Java memory does not keep that memory when the array is closed.
            this.columns = rows.transpose().duplicate();
            this.squares = rows.square().sum(new int[] {1}).reshape(1, images.size());
            columns.attach(manager);
            squares.attach(manager);
        }
    }

    /**
     * The nearest one.
     *
     * @param index its position among the images searched in
     * @param distance root of the mean squared difference of its pixels, of 1 for black and white
     */
    record Nearest(int index, double distance) {}

    /** For each query its nearest image. */
    Nearest[] of(List<Pixels> queries) {
        Nearest[] nearest = new Nearest[queries.size()];
        inBlocks(queries, (from, squared) -> {
            long[] indices = squared.argMin(1).toLongArray();
            for (int i = 0; i < indices.length; i++) {
                int index = (int) indices[i];
                nearest[from + i] = new Nearest(index, distance(squared.getFloat(i, index)));
            }
        });
        return nearest;
    }

    /** For each query the distances to its nearest images, ascending. */
    float[][] nearest(List<Pixels> queries, int count) {
        float[][] rows = new float[queries.size()][];
        inBlocks(queries, (from, squared) -> {
            NDArray least = squared.topK(count, 1, false, true).get(0);
            fill(rows, from, least.toFloatArray(), count);
        });
        return rows;
    }

    /** For each query the distances to all images, in their order. */
    float[][] distances(List<Pixels> queries) {
        float[][] rows = new float[queries.size()][];
        inBlocks(queries, (from, squared) -> fill(rows, from, squared.toFloatArray(), size));
        return rows;
    }

    private static void fill(float[][] rows, int from, float[] squared, int length) {
        for (int i = 0; i < squared.length / length; i++) {
            rows[from + i] = new float[length];
            for (int j = 0; j < length; j++) {
                rows[from + i][j] = (float) distance(squared[i * length + j]);
            }
        }
    }

    private static double distance(float squared) {
        // Rounding in the product can leave a little less than nothing for equal images.
        return Math.sqrt(Math.max(0, squared) / VALUES);
    }

    private void inBlocks(List<Pixels> queries, BlockConsumer block) {
        for (int from = 0; from < queries.size(); from += QUERIES) {
            List<Pixels> some = queries.subList(from, Math.min(from + QUERIES, queries.size()));
            try (NDManager temporary = manager.newSubManager()) {
                NDArray rows = temporary.create(thumbnails(some), new Shape(some.size(), VALUES));
                block.accept(
                        from,
                        Layers.scale(rows.matMul(columns), -2)
                                .add(squares)
                                .add(rows.square().sum(new int[] {1}, true)));
            }
        }
    }

    /** Takes the squared distances of a block of queries, which starts at a position. */
    @FunctionalInterface
    private interface BlockConsumer {
        void accept(int from, NDArray squared);
    }

    private static float[] thumbnails(List<Pixels> images) {
        float[] values = new float[images.size() * VALUES];
        for (int i = 0; i < images.size(); i++) {
            shrink(images.get(i), values, i * VALUES);
        }
        return values;
    }

    private static void shrink(Pixels image, float[] values, int offset) {
        int factor = image.width() / SIDE;
        float share = 1f / (255 * factor * factor);
        for (int y = 0; y < SIDE * factor; y++) {
            for (int x = 0; x < SIDE * factor; x++) {
                int to = offset + 3 * (y / factor * SIDE + x / factor);
                int from = 3 * (y * image.width() + x);
                for (int channel = 0; channel < 3; channel++) {
                    values[to + channel] += share * (image.rgb()[from + channel] & 0xFF);
                }
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
