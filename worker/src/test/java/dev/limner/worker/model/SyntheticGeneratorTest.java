package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.worker.condition.HashTextEncoder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticGeneratorTest {
    @Test
    void shouldWriteSeedCaptionAndIndexDownInColours() {
        try (SyntheticGenerator generator = new SyntheticGenerator(Duration.ZERO)) {
            float[] caption = new HashTextEncoder().encode("abc").embedding();

            Pixels image = generator
                    .generate(List.of(new RenderRequest(caption, 0x0807060504030201L, 3, 1)), 4)
                    .get(0);

            assertThat(image.rgb()).hasSize(64 * 64 * 3);
            // SHA-256("abc") is ba7816bf 8f01cfea ...
            int[] digest = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea};
            for (int block = 0; block < 8; block++) {
                assertThat(pixel(image, 8 * block + 3, 5)).containsExactly(block + 1, digest[block], 3);
                // The seed again in the fifth row of blocks, and the digest too.
                assertThat(pixel(image, 8 * block, 32)).containsExactly(block + 1, digest[block], 3);
            }
        }
    }

    private static int[] pixel(Pixels image, int x, int y) {
        int at = 3 * (y * image.width() + x);
        return new int[] {image.rgb()[at] & 0xFF, image.rgb()[at + 1] & 0xFF, image.rgb()[at + 2] & 0xFF};
    }
}
