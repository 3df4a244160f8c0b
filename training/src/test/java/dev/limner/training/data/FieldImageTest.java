package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Image files as people have them: what decoders take for whole, for too little, or for something else. */
class FieldImageTest {
    private static final int SIDE = 8;
    private static final int WHITE = 0xFFFFFF;

    @ParameterizedTest
    @CsvSource({
        "cut-profile.jpg, 200, 100, 50",
        "cut-profile-grey.jpg, 124, 124, 124",
        "cut-profile-cmyk.jpg, 200, 100, 50",
        "cut-profile.tif, 200, 100, 50",
        "rubbish-profile.webp, 200, 100, 50"
    })
    void shouldUseAnImageWithoutItsProfileIfThatIsDamaged(String name, int red, int green, int blue)
            throws IOException {
        ImageDecoder.Decoded read = ImageDecoder.read(resource(name), SIDE);

        byte[] rgb = read.pixels().rgb();
        assertThat(rgb[0] & 0xFF).isBetween(red - 2, red + 2);
        assertThat(rgb[1] & 0xFF).isBetween(green - 2, green + 2);
        assertThat(rgb[2] & 0xFF).isBetween(blue - 2, blue + 2);
        assertThat(read.remarks()).anySatisfy(said -> {
            assertThat(said.remark()).isEqualTo(SkippedEntries.Remark.WARNED);
            assertThat(said.detail()).containsIgnoringCase("profile");
        });
    }

    @Test
    void shouldStillRefuseADamagedWebpThatHasAProfile() throws IOException {
        byte[] file = resource("rubbish-profile.webp");
        // The last chunk is the pixels.
        Arrays.fill(file, file.length - 12, file.length, (byte) 0xFF);

        assertThatThrownBy(() -> ImageDecoder.read(file, SIDE)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldShowAGifsFrameWhereItLiesOnTheCanvasAndNoFurther() throws IOException {
        assertThat(corner(gif(8, 8, 4, 4, 8, 8), 0, 0)).isEqualTo(WHITE);
        assertThat(corner(gif(8, 8, 4, 4, 8, 8), 7, 7)).isEqualTo(0x010203);
        // Larger than its canvas, it is the image.
        assertThat(corner(gif(0, 0, 0, 0, 8, 8), 0, 0)).isEqualTo(0x010203);
        for (int at : new int[] {8, 12_000, 65_535}) {
            assertThatThrownBy(() -> ImageDecoder.read(gif(8, 8, at, at, 2, 2), SIDE))
                    .isInstanceOf(ImageException.class)
                    .hasMessage("the image is damaged: its first frame, at " + at + "," + at
                            + ", lies outside of its canvas of 8 x 8");
        }
    }

    @Test
    void shouldRefuseACanvasThatIsTooLargeBeforeItIsMade() {
        assertThatThrownBy(() -> ImageDecoder.read(gif(65_535, 65_535, 0, 0, 2, 2), SIDE))
                .isInstanceOf(ImageException.class)
                .hasMessage("an image of 4294836225 pixels, at most 100000000");
    }

    @Test
    void shouldRefuseRunLengthsThatEndBeforeTheLastRow() throws IOException {
        byte[] row = {8, 1, 0, 0};
        byte[] end = {0, 1};
        assertThat(corner(bmp(repeat(row, 8, end)), 7, 7)).isEqualTo(0x1EC809);
        assertThat(corner(bmp(repeat(row, 8, new byte[0])), 7, 7)).isEqualTo(0x1EC809);
        // It says itself that no more comes.
        assertThat(corner(bmp(repeat(row, 3, end)), 7, 7)).isEqualTo(0x1EC809);
        assertThatThrownBy(() -> ImageDecoder.read(bmp(repeat(row, 3, new byte[0])), SIDE))
                .hasMessage("the image is cut off: it has 3 of its 8 rows");
        assertThatThrownBy(() -> ImageDecoder.read(bmp(repeat(row, 7, new byte[] {4, 1})), SIDE))
                .hasMessage("the image is cut off: it has 7 of its 8 rows");
    }

    @Test
    void shouldSayThatAProgressiveJpegLacksItsLastScans() throws IOException {
        byte[] whole = progressive();
        int second = scan(whole, scan(whole, 0) + 1);
        byte[] first = Arrays.copyOf(whole, second + 2);
        first[second + 1] = (byte) 0xD9;

        assertThat(ImageDecoder.read(whole, SIDE).remarks()).isEmpty();
        assertThat(ImageDecoder.read(first, SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED, "its last scans are missing, so it is coarser than it was"));
    }

    @Test
    void shouldRefuseFloatsOfAnotherScaleAndRemarkOnAFewOutside() throws IOException {
        float[] scaled = new float[64];
        float[] ringing = new float[64];
        for (int i = 0; i < 64; i++) {
            scaled[i] = 4 * i;
            ringing[i] = 0.5f;
        }
        ringing[63] = 1.25f;

        assertThatThrownBy(() -> ImageDecoder.read(floats(scaled), SIDE))
                .isInstanceOf(ImageException.class)
                .hasMessage("its samples are floats from 0.000 to 252.0, must be from 0 to 1");
        ImageDecoder.Decoded read = ImageDecoder.read(floats(ringing), SIDE);
        assertThat(read.pixels().rgb()[0] & 0xFF).isEqualTo(128);
        assertThat(read.remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED,
                        "its samples are floats from 0.5000 to 1.250, those below 0 taken as 0, above 1 as 1"));
    }

    @Test
    void shouldHaveAReasonForEveryFault() {
        byte[] tiff = floats(new float[64]);

        assertThatThrownBy(() -> ImageDecoder.read(Arrays.copyOf(tiff, tiff.length - 100), SIDE))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image is cut off: it ends before its pixels do");
        // Its pixels begin far behind its end.
        ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN).putInt(10 + 5 * 12 + 8, 0xFFFFFFF0);
        assertThatThrownBy(() -> ImageDecoder.read(tiff, SIDE))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image is damaged: its decoder stumbles over it (IndexOutOfBoundsException)");
    }

    @Test
    void shouldNameWhatIsNearlyAFormatThatIsRead() {
        assertNamed("BigTIFF;", "II+\0\10\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        assertNamed("MNG;", "\u008aMNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        byte[] tga = new byte[60];
        tga[2] = 2;
        tga[12] = 4;
        tga[14] = 4;
        tga[16] = 24;
        assertNamed("TGA;", tga);
        byte[] foot = new byte[60];
        System.arraycopy("TRUEVISION-XFILE.\0".getBytes(StandardCharsets.US_ASCII), 0, foot, 42, 18);
        assertNamed("TGA;", foot);
        byte[] dib = new byte[60];
        dib[0] = 40;
        assertNamed("a bitmap without its file header (DIB);", dib);
        assertNamed("a PNG for Apple's devices only (CgBI);", png("\r\n", "CgBI"));
        assertNamed("the image is damaged: it is a PNG whose first chunk is not a whole header", png("\r\n", "tEXt"));
        assertNamed("the image is damaged: it is a PNG whose line ends were changed", png("\n", "IHDR"));
    }

    @Test
    void shouldNotLetWhatIsClearColourWhatIsScaled() throws IOException {
        BufferedImage image = new BufferedImage(2 * SIDE, 2 * SIDE, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 2 * SIDE * 2 * SIDE; i++) {
            image.setRGB(i % (2 * SIDE), i / (2 * SIDE), 0x00FF0000);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);

        assertThat(corner(out.toByteArray(), 0, 0)).isEqualTo(WHITE);
    }

    private static void assertNamed(String start, byte[] file) {
        assertThatThrownBy(() -> ImageDecoder.read(file, SIDE))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(start);
    }

    private static byte[] png(String lineEnd, String chunk) {
        return ("\u0089PNG" + lineEnd + "\u001a\n\0\0\0\4" + chunk + "\0\0\0\0\0\0\0\0\0\0\0\0")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int corner(byte[] file, int x, int y) throws IOException {
        byte[] rgb = ImageDecoder.read(file, SIDE).pixels().rgb();
        int at = 3 * (y * SIDE + x);
        return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(FieldImageTest.class.getResourceAsStream("/pictures/" + name))) {
            return in.readAllBytes();
        }
    }

    /** A frame of the colour 1, 2, 3. */
    private static byte[] gif(int width, int height, int left, int top, int frameWidth, int frameHeight) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        // Codes of three bits: clear, then a pixel each, clear again before the codes grow, end.
        long bits = 0;
        int count = 0;
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < frameWidth * frameHeight; i++) {
            if (i % 2 == 0) {
                codes.add(4);
            }
            codes.add(0);
        }
        codes.add(5);
        for (int code : codes) {
            bits |= (long) code << count;
            count += 3;
            while (count >= 8) {
                packed.write((int) bits & 0xFF);
                bits >>>= 8;
                count -= 8;
            }
        }
        packed.write((int) bits & 0xFF);
        ByteBuffer file = ByteBuffer.allocate(64 + packed.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GIF89a".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) width)
                .putShort((short) height);
        file.put(new byte[] {(byte) 0x80, 0, 0, 1, 2, 3, 9, 9, 9, 0x2C});
        file.putShort((short) left)
                .putShort((short) top)
                .putShort((short) frameWidth)
                .putShort((short) frameHeight);
        file.put((byte) 0).put((byte) 2).put((byte) packed.size()).put(packed.toByteArray());
        file.put((byte) 0).put((byte) 0x3B);
        return Arrays.copyOf(file.array(), file.position());
    }

    private static byte[] repeat(byte[] row, int times, byte[] end) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(row);
        }
        all.writeBytes(end);
        return all.toByteArray();
    }

    /** 8 x 8, every colour 30, 200, 9. */
    private static byte[] bmp(byte[] runs) {
        int offset = 14 + 40 + 4 * 256;
        ByteBuffer file = ByteBuffer.allocate(offset + runs.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B')
                .put((byte) 'M')
                .putInt(offset + runs.length)
                .putInt(0)
                .putInt(offset);
        file.putInt(40)
                .putInt(8)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 8)
                .putInt(1)
                .putInt(runs.length);
        file.position(54);
        for (int i = 0; i < 256; i++) {
            file.put(new byte[] {9, (byte) 200, 30, 0});
        }
        return file.put(runs).array();
    }

    private static byte[] progressive() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, 0x030507 * i & WHITE);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(to);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Where the next scan after a place begins, with the tables before it left out. */
    private static int scan(byte[] jpeg, int from) {
        for (int at = from; at + 1 < jpeg.length; at++) {
            if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xDA) {
                return at;
            }
        }
        throw new IllegalArgumentException("no scan behind " + from);
    }

    /** An 8 x 8 TIFF of grey floats. */
    private static byte[] floats(float[] samples) {
        int[][] tags = {
            {256, 4, 1, 8},
            {257, 4, 1, 8},
            {258, 3, 1, 32},
            {259, 3, 1, 1},
            {262, 3, 1, 1},
            {273, 4, 1, 134},
            {277, 3, 1, 1},
            {278, 4, 1, 8},
            {279, 4, 1, 256},
            {339, 3, 1, 3}
        };
        ByteBuffer file = ByteBuffer.allocate(134 + 256).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) tags.length);
        for (int[] tag : tags) {
            file.putShort((short) tag[0])
                    .putShort((short) tag[1])
                    .putInt(tag[2])
                    .putInt(tag[3]);
        }
        file.putInt(0);
        for (float sample : samples) {
            file.putFloat(sample);
        }
        return file.array();
    }
}
