package dev.limner.testkit.bench.learn;

import dev.limner.generator.image.Pixels;
import dev.limner.training.evaluate.SampleGrid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Images side by side, for people. */
final class ImageGrid {
    private ImageGrid() {}

    /** At most so many of them, from beginning to end: a data set is in an order. */
    static <T> List<T> spread(List<T> all, int most) {
        int count = Math.min(most, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    static void write(List<Pixels> images, int columns, Path file) {
        try {
            ImageIO.write(SampleGrid.sheet(images, columns), "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
