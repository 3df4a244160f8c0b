package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that is held out is so at every size it is trained at. */
class SplitOfSidesTest {
    @TempDir
    Path folder;

    @Test
    void shouldHoldOutTheSameImagesAtEverySide() {
        SplittableRandom random = new SplittableRandom(1);
        ShardFiles.write(
                folder.resolve("s-000000.tar.gz"),
                IntStream.range(0, 60).mapToObj(i -> image(i, random)).toList());
        DataSettings.ofPixels(64, 20).write(folder);

        List<String> held = heldOut(64);

        assertThat(held).hasSizeBetween(5, 25);
        assertThat(heldOut(32)).isEqualTo(held);
        assertThat(heldOut(128)).isEqualTo(held);
        // At the set's own side the pixels decide as ever.
        DataSet own = set(64);
        assertThat(own.images()).allSatisfy(image -> {
            assertThat(image.split()).isNull();
            assertThat(own.splitOf(image)).isEqualTo(Split.of(image.pixels(), 20));
        });
    }

    private List<String> heldOut(int side) {
        DataSet set = set(side);
        return set.images(Split.TEST, "en").stream().map(CaptionedImage::key).toList();
    }

    private DataSet set(int side) {
        return ShardFiles.read(folder, side, (entry, reason, detail) -> {});
    }

    private static CaptionedImage image(int number, SplittableRandom random) {
        byte[] rgb = new byte[3 * 64 * 64];
        random.nextBytes(rgb);
        return new CaptionedImage("p" + number, new Pixels(64, 64, rgb), Map.of("en", List.of("number " + number)));
    }
}
