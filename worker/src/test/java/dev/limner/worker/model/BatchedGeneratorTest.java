package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An image's bytes depend on its request alone, or the size of batch is not used. */
class BatchedGeneratorTest {
    private static final BatchBuckets SIZES = new BatchBuckets(List.of(2, 4, 8));

    @Test
    void shouldUseEverySizeOfAGeneratorThatLooksAtEachImageAlone() {
        Fake fake = new Fake((requests, size, place) -> requests.get(place).index());

        assertThat(sizesUsed(fake, BatchedGenerator.of(fake, SIZES))).containsExactly(2, 4, 8);
    }

    @Test
    void shouldNotUseASizeWhoseImagesAreOthers() {
        Fake fake = new Fake((requests, size, place) -> requests.get(place).index() + (size == 4 ? 1 : 0));

        assertThat(sizesUsed(fake, BatchedGenerator.of(fake, SIZES))).containsExactly(2, 8, 8);
    }

    @Test
    void shouldRefuseAGeneratorWhoseImagesDependOnTheirPlace() {
        refuses(new Fake((requests, size, place) -> requests.get(place).index() + place));
    }

    /** As a batch normalisation in training mode does: whatever the order, the mean is the same. */
    @Test
    void shouldRefuseAGeneratorWhoseImagesDependOnTheMeanOfTheirBatch() {
        Fake fake = new Fake((requests, size, place) -> requests.get(place).index()
                + requests.stream().mapToInt(RenderRequest::index).sum() / size);

        refuses(fake);
        assertThatThrownBy(() -> BatchedGenerator.of(fake, new BatchBuckets(List.of(8))))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void refuses(Fake fake) {
        assertThatThrownBy(() -> BatchedGenerator.of(fake, SIZES))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in batches of 8 an image's bytes depend on its place or on the others");
    }

    /** For 1, 3 and 8 images. */
    private static List<Integer> sizesUsed(Fake fake, BatchedGenerator generator) {
        fake.sizes.clear();
        for (int count : List.of(1, 3, 8)) {
            assertThat(generator.generate(fake.probes(count))).hasSize(count);
        }
        return fake.sizes;
    }

    /** What an image shows. */
    private interface Image {
        int of(List<RenderRequest> requests, int size, int place);
    }

    private record Fake(Image image, List<Integer> sizes) implements ImageGenerator {
        Fake(Image image) {
            this(image, new ArrayList<>());
        }

        @Override
        public Result.Model model() {
            return new Result.Model("fake", "0".repeat(64));
        }

        @Override
        public ModelInputs inputs() {
            return new ModelInputs(1, 0, null, null);
        }

        @Override
        public ImageSize size() {
            return new ImageSize(1, 1);
        }

        @Override
        public List<RenderRequest> probes(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> new RenderRequest(new float[0], 0, i, 1))
                    .toList();
        }

        @Override
        public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
            sizes.add(batchSize);
            return IntStream.range(0, requests.size())
                    .mapToObj(place -> new Pixels(1, 1, new byte[] {(byte) image.of(requests, batchSize, place), 0, 0}))
                    .toList();
        }

        @Override
        public void close() {}
    }
}
