package dev.limner.generator.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ImageFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageEncoderTest {
    private static final Provenance PROVENANCE =
            new Provenance("Limner 1", "default", "0".repeat(64), -5, 3, 0.7, "a <red> \"apple\" 苹果");

    @Test
    void shouldKeepEveryPixelInPng() throws IOException {
        Pixels pixels = noise(64, 48);

        byte[] png = ImageEncoder.encode(pixels, ImageFormat.PNG, PROVENANCE);

        assertThat(read(png)).isEqualTo(pixels.rgb());
        assertThat(png).isEqualTo(ImageEncoder.encode(pixels, ImageFormat.PNG, PROVENANCE));
    }

    @Test
    void shouldCarryProvenanceInPngWhereToolsLookForIt() {
        byte[] png = ImageEncoder.encode(noise(8, 8), ImageFormat.PNG, PROVENANCE);

        assertThat(PngChunks.read(png, "Software")).hasValue("Limner 1");
        assertThat(PngChunks.read(png, "Limner")).hasValue(PROVENANCE.toJson());
        assertThat(PROVENANCE.toJson()).contains("\"seed\":-5", "\"index\":3", "苹果", "trainedAlgorithmicMedia");
        assertThat(PngChunks.read(png, "XML:com.adobe.xmp").orElseThrow())
                .contains(
                        "DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\"");
    }

    @Test
    void shouldLeaveTheCaptionOutWhereTheOperatorWantsIt() {
        Provenance silent = new Provenance("Limner 1", "default", "0".repeat(64), 1, 0, 1, null);

        assertThat(silent.toJson()).doesNotContain("caption");
    }

    @Test
    void shouldWriteAJpegThatReadersTakeWithItsProvenanceAsAComment() throws IOException {
        byte[] jpeg = ImageEncoder.encode(noise(64, 64), ImageFormat.JPEG, PROVENANCE);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));

        assertThat(image.getWidth()).isEqualTo(64);
        assertThat(new String(jpeg, StandardCharsets.UTF_8)).contains(PROVENANCE.toJson());
        assertThat(jpeg).isEqualTo(ImageEncoder.encode(noise(64, 64), ImageFormat.JPEG, PROVENANCE));
    }

    @Test
    void shouldReadBackWhatAFileSaysOfItsOrigin() {
        for (ImageFormat format : ImageFormat.values()) {
            byte[] file = ImageEncoder.encode(noise(16, 16), format, PROVENANCE);

            assertThat(Provenance.read(file)).hasValue(PROVENANCE);
            for (int length = 0; length < file.length; length += 7) {
                Provenance.read(Arrays.copyOf(file, length));
            }
        }
    }

    @Test
    void shouldFindNoOriginInAFileThatSomebodyElseMade() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(noise(16, 16).toImage(), "png", out);

        assertThat(Provenance.read(out.toByteArray())).isEmpty();
        assertThat(Provenance.read("not an image".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(Provenance.read(new byte[0])).isEmpty();
    }

    private static Pixels noise(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new SplittableRandom(1).nextBytes(rgb);
        return new Pixels(width, height, rgb);
    }

    private static byte[] read(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        int at = 0;
        for (int packed : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            rgb[at++] = (byte) (packed >> 16);
            rgb[at++] = (byte) (packed >> 8);
            rgb[at++] = (byte) packed;
        }
        return rgb;
    }
}
