package dev.limner.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;

class ImageStreamsTest {
    @Test
    void shouldEncodeInMemory() throws IOException {
        ImageIO.setUseCache(true);
        ImageStreams.inMemory();

        try (ImageOutputStream stream = ImageIO.createImageOutputStream(new ByteArrayOutputStream())) {
            assertThat(stream).isInstanceOf(MemoryCacheImageOutputStream.class);
        }
    }
}
