package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static final int SIDE = TestPng.SIDE;
    private static final int RED = 0xFF0000;
    private static final int BLUE = 0x0000FF;
    private static final int GREEN = 0x008000;
    private static final int BLACK = 0x000000;
    private static final int WHITE = 0xFFFFFF;

    /** Every colour type, depth and interlacing of PNG, with and without what makes pixels transparent. */
    @TestFactory
    List<DynamicTest> shouldReadEveryKindOfPngExactly() {
        List<DynamicTest> tests = new ArrayList<>();
        for (boolean interlaced : new boolean[] {false, true}) {
            for (boolean transparent : new boolean[] {false, true}) {
                for (int depth : new int[] {1, 2, 4, 8, 16}) {
                    tests.add(grey(depth, transparent, interlaced));
                }
                for (int depth : new int[] {1, 2, 4, 8}) {
                    tests.add(palette(depth, transparent, interlaced));
                }
                for (int depth : new int[] {8, 16}) {
                    tests.add(colour(depth, transparent, interlaced));
                }
            }
            for (int depth : new int[] {8, 16}) {
                tests.add(greyWithAlpha(depth, interlaced));
                tests.add(colourWithAlpha(depth, interlaced));
            }
        }
        return tests;
    }

    private static DynamicTest exact(String name, TestPng png, int... corners) {
        return DynamicTest.dynamicTest(
                name,
                () -> assertThat(corners(png.bytes()))
                        .containsExactly(Arrays.stream(corners).boxed().toArray(Integer[]::new)));
    }

    private static String name(String kind, int depth, boolean transparent, boolean interlaced) {
        return kind + " of " + depth + " bits" + (transparent ? ", with tRNS" : "")
                + (interlaced ? ", interlaced" : "");
    }

    private static DynamicTest grey(int depth, boolean transparent, boolean interlaced) {
        int most = (1 << depth) - 1;
        int key = depth == 1 ? 0 : depth == 16 ? 0x7878 : 120 * most / 255;
        // One more than the key must not be taken for it, also where 8 bits would not tell them apart.
        int[] samples = {key, most, 0, depth == 1 ? 1 : key + 1};
        TestPng png = new TestPng(0, depth, new int[][] {{samples[0]}, {samples[1]}, {samples[2]}, {samples[3]}})
                .interlaced(interlaced);
        if (transparent) {
            png.with("tRNS", key >> 8, key & 0xFF);
        }
        int[] corners = new int[4];
        for (int i = 0; i < 4; i++) {
            int value = Math.round(samples[i] * 255f / most);
            corners[i] = transparent && samples[i] == key ? WHITE : value << 16 | value << 8 | value;
        }
        return exact(name("grey", depth, transparent, interlaced), png, corners);
    }

    private static DynamicTest palette(int depth, boolean transparent, boolean interlaced) {
        int last = depth == 1 ? 1 : 3;
        int[] colours = {RED, BLUE, GREEN, BLACK};
        byte[] entries = new byte[3 * (last + 1)];
        for (int i = 0; i <= last; i++) {
            entries[3 * i] = (byte) (colours[i] >> 16);
            entries[3 * i + 1] = (byte) (colours[i] >> 8);
            entries[3 * i + 2] = (byte) colours[i];
        }
        TestPng png = new TestPng(3, depth, new int[][] {{0}, {1}, {Math.min(2, last)}, {last}})
                .interlaced(interlaced)
                .with("PLTE", entries);
        if (transparent) {
            png.with("tRNS", 0, 255);
        }
        return exact(
                name("palette", depth, transparent, interlaced),
                png,
                transparent ? WHITE : RED,
                BLUE,
                colours[Math.min(2, last)],
                colours[last]);
    }

    private static DynamicTest colour(int depth, boolean transparent, boolean interlaced) {
        int scale = depth == 16 ? 257 : 1;
        int[] key = {10 * scale, 20 * scale, 30 * scale};
        int[] near = {10 * scale, 20 * scale, 30 * scale + 1};
        TestPng png = new TestPng(2, depth, key, new int[] {255 * scale, 0, 0}, new int[] {0, 0, 255 * scale}, near)
                .interlaced(interlaced);
        if (transparent) {
            png.with(
                    "tRNS",
                    ByteBuffer.allocate(6)
                            .putShort((short) key[0])
                            .putShort((short) key[1])
                            .putShort((short) key[2])
                            .array());
        }
        return exact(
                name("colour", depth, transparent, interlaced),
                png,
                transparent ? WHITE : 0x0A141E,
                RED,
                BLUE,
                depth == 16 ? 0x0A141E : 0x0A141F);
    }

    private static DynamicTest greyWithAlpha(int depth, boolean interlaced) {
        int scale = depth == 16 ? 257 : 1;
        // On white: 100 * 100/255 + 255 * 155/255 = 194.2.
        TestPng png = new TestPng(
                        4,
                        depth,
                        new int[] {100 * scale, 255 * scale},
                        new int[] {100 * scale, 0},
                        new int[] {0, 128 * scale},
                        new int[] {100 * scale, 100 * scale})
                .interlaced(interlaced);
        return exact(name("grey with alpha", depth, false, interlaced), png, 0x646464, WHITE, 0x7F7F7F, 0xC2C2C2);
    }

    private static DynamicTest colourWithAlpha(int depth, boolean interlaced) {
        int scale = depth == 16 ? 257 : 1;
        TestPng png = new TestPng(
                        6,
                        depth,
                        new int[] {255 * scale, 0, 0, 255 * scale},
                        new int[] {0, 0, 255 * scale, 0},
                        new int[] {0, 128 * scale, 0, 255 * scale},
                        new int[] {255 * scale, 0, 0, 128 * scale})
                .interlaced(interlaced);
        return exact(name("colour with alpha", depth, false, interlaced), png, RED, WHITE, GREEN, 0xFF7F7F);
    }

    @ParameterizedTest
    @CsvSource({
        "1, FF0000 0000FF 008000 000000",
        "2, 0000FF FF0000 000000 008000",
        "3, 000000 008000 0000FF FF0000",
        "4, 008000 000000 FF0000 0000FF",
        "5, FF0000 008000 0000FF 000000",
        "6, 008000 FF0000 000000 0000FF",
        "7, 000000 0000FF 008000 FF0000",
        "8, 0000FF 000000 FF0000 008000"
    })
    void shouldTurnAnImageAsItsCameraSays(int orientation, String corners) throws IOException {
        Integer[] expected = Arrays.stream(corners.split(" "))
                .map(corner -> Integer.valueOf(corner, 16))
                .toArray(Integer[]::new);
        byte[] exif = exif(orientation);

        assertThat(corners(quadrants().with("eXIf", exif).bytes()))
                .as("PNG, where the palette and 8 bits meet an eXIf chunk")
                .containsExactly(expected);
        byte[] segment = ByteBuffer.allocate(6 + exif.length)
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .array();
        Integer[] jpeg = corners(afterStart(jpeg(fourColours()), segment(0xE1, segment)));
        for (int i = 0; i < 4; i++) {
            assertThat(near(jpeg[i], expected[i], 3)).as("JPEG, corner " + i).isTrue();
        }
    }

    @Test
    void shouldReadTheFirstFrameOfAGifWhereItLiesAndSaySo() throws IOException {
        BufferedImage frame = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
        fill(frame, Color.RED);
        BufferedImage other = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
        fill(other, Color.GREEN);
        byte[] one = gif(List.of(fourColours()), 0, 0);
        byte[] two = gif(List.of(frame, other), 16, 16);

        assertThat(corners(one)).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(ImageDecoder.read(one, SIDE).remarks()).isEmpty();
        assertThat(corners(two)).containsExactly(WHITE, WHITE, WHITE, RED);
        assertThat(ImageDecoder.read(two, SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(SkippedEntries.Remark.FIRST_FRAME, "of 2"));
    }

    @Test
    void shouldReadAGifWithSpareZeros() throws IOException {
        byte[] plain = gif(List.of(fourColours()), 0, 0);
        byte[] spare = Arrays.copyOf(plain, plain.length + 2);
        spare[spare.length - 3] = 0;
        spare[spare.length - 1] = plain[plain.length - 1];

        assertThat(corners(spare)).containsExactly(RED, BLUE, GREEN, BLACK);
    }

    @Test
    void shouldTakeTheMiddleOfALongStrip() throws IOException {
        BufferedImage strip = new BufferedImage(100_000, 3, BufferedImage.TYPE_INT_RGB);
        fill(strip, Color.RED);
        for (int x = 40_000; x < 60_000; x++) {
            for (int y = 0; y < 3; y++) {
                strip.setRGB(x, y, BLUE);
            }
        }

        assertThat(corners(written(strip, "png"))).containsExactly(BLUE, BLUE, BLUE, BLUE);
    }

    @Test
    void shouldConvertColoursFromTheirProfile() throws IOException {
        // Half of the light is not half of the value: 128 of 255 linear is 188 in sRGB.
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] deflated = TestPng.deflate(linear);
        byte[] chunk = ByteBuffer.allocate(3 + deflated.length)
                .put((byte) 'x')
                .put((byte) 0)
                .put((byte) 0)
                .put(deflated)
                .array();
        int[] half = {128, 128, 128};
        byte[] eight =
                new TestPng(2, 8, half, half, half, half).with("iCCP", chunk).bytes();
        byte[] palette = new TestPng(3, 1, new int[][] {{0}, {0}, {1}, {1}})
                .with("iCCP", chunk)
                .with("PLTE", 128, 128, 128, 255, 255, 255)
                .bytes();
        int[] deep = {0x8080, 0x8080, 0x8080, 0xFFFF};
        byte[] sixteen = new TestPng(6, 16, deep, deep, deep, new int[] {0, 0, 0, 0})
                .with("iCCP", chunk)
                .bytes();
        BufferedImage grey = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        fill(grey, new Color(128, 128, 128));
        byte[] segment = ByteBuffer.allocate(14 + linear.length)
                .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 1)
                .put(linear)
                .array();
        byte[] jpeg = afterStart(jpeg(grey), segment(0xE2, segment));

        assertThat(corners(eight)).containsExactly(0xBCBCBC, 0xBCBCBC, 0xBCBCBC, 0xBCBCBC);
        assertThat(corners(palette)).containsExactly(0xBCBCBC, 0xBCBCBC, WHITE, WHITE);
        assertThat(corners(sixteen)).containsExactly(0xBCBCBC, 0xBCBCBC, 0xBCBCBC, WHITE);
        assertThat(near(corners(jpeg)[0], 0xBCBCBC, 2)).isTrue();
        assertThat(near(corners(resource("p3.webp"))[0], RED, 2)).isTrue();
    }

    @Test
    void shouldUseAnImageWhoseProfileIsRubbishAndSaySo() throws IOException {
        byte[] rubbish = new byte[200];
        byte[] png = quadrants().with("iCCP", chunkOf(TestPng.deflate(rubbish))).bytes();
        byte[] short1 = quadrants().with("iCCP", new byte[] {'x'}).bytes();

        assertThat(corners(png)).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(ImageDecoder.read(png, SIDE).remarks())
                .singleElement()
                .satisfies(said -> assertThat(said.detail()).startsWith("its colour profile cannot be used"));
        assertThat(corners(short1)).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(ImageDecoder.read(short1, SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED, "its colour profile cannot be unpacked and is ignored"));
    }

    private static byte[] chunkOf(byte[] deflated) {
        return ByteBuffer.allocate(3 + deflated.length)
                .put((byte) 'x')
                .put((byte) 0)
                .put((byte) 0)
                .put(deflated)
                .array();
    }

    @Test
    void shouldReadPrintersJpegs() throws IOException {
        // Adobe writes inks upside down: 255 is none. YCCK has 255 less the first three as brightness and two colours.
        int[][] inks = {{255, 255, 255, 255}, {0, 255, 255, 255}, {255, 255, 0, 255}, {255, 255, 255, 0}};
        Integer[] cmyk = corners(fourBands(inks, 0));
        int[][] ycck = {{0, 128, 128, 255}, {179, 171, 0, 255}, {226, 0, 149, 255}, {0, 128, 128, 0}};
        Integer[] other = corners(fourBands(ycck, 2));

        assertThat(cmyk[0]).as("no ink").isEqualTo(WHITE);
        assertThat(strongest(cmyk[1])).as("cyan has no red").isNotEqualTo("red");
        assertThat(cmyk[1] >> 16).as("red in cyan").isLessThan(100);
        assertThat(cmyk[2] & 0xFF).as("blue in yellow").isLessThan(100);
        assertThat(cmyk[3] >> 16).as("black").isLessThan(60);
        assertThat(near(other[0], WHITE, 3)).as("no ink").isTrue();
        assertThat(strongest(other[1])).isEqualTo("red");
        assertThat(strongest(other[2])).isEqualTo("blue");
        assertThat(other[3] >> 16).as("black").isLessThan(60);
        assertThat(strongest(corners(resource("cmyk.jpg"))[0])).isEqualTo("red");
    }

    private static String strongest(int rgb) {
        int red = rgb >> 16;
        int green = rgb >> 8 & 0xFF;
        int blue = rgb & 0xFF;
        return red > green && red > blue ? "red" : blue > green && blue > red ? "blue" : "green";
    }

    @Test
    void shouldReadWebpAndTiff() throws IOException {
        assertThat(corners(resource("lossless-alpha.webp"))).containsExactly(RED, BLUE, GREEN, WHITE);
        assertThat(corners(resource("turned-6.webp"))).containsExactly(GREEN, RED, BLACK, BLUE);
        assertThat(near(corners(resource("lossy.webp"))[1], BLUE, 3)).isTrue();
        assertThat(corners(resource("animated.webp"))).containsExactly(RED, BLUE, GREEN, WHITE);
        assertThat(ImageDecoder.read(resource("animated.webp"), SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(SkippedEntries.Remark.FIRST_FRAME, "of 2"));
        assertThat(corners(resource("tiled.tif"))).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(corners(resource("rgb16.tif"))).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(corners(resource("turned-6.tif"))).containsExactly(GREEN, RED, BLACK, BLUE);
        assertThat(corners(written(fourColours(), "bmp"))).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(corners(tiff(fourColours(), fourColours()))).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(ImageDecoder.read(tiff(fourColours(), fourColours()), SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(SkippedEntries.Remark.FIRST_FRAME, "of 2"));
    }

    @Test
    void shouldReadGreyFloatsAndPalettesOfTiff() throws IOException {
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT);
        WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                raster.setSample(x, y, 0, x < SIDE / 2 ? 0.5f : 1.5f);
            }
        }
        BufferedImage palette = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED);
        fill(palette, Color.RED);

        assertThat(corners(tiff(new BufferedImage(model, raster, false, null))))
                .containsExactly(0x808080, WHITE, 0x808080, WHITE);
        assertThat(corners(tiff(palette))).containsExactly(RED, RED, RED, RED);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 90, 99})
    void shouldRefuseEveryFormatThatIsCutOff(int percent) throws IOException {
        List<byte[]> files = List.of(
                jpeg(fourColours()),
                progressive(fourColours()),
                quadrants().bytes(),
                gif(List.of(fourColours()), 0, 0),
                written(fourColours(), "bmp"),
                tiff(fourColours()),
                resource("lossless-alpha.webp"),
                resource("lossy.webp"),
                resource("tiled.tif"));
        for (byte[] file : files) {
            byte[] part = Arrays.copyOf(file, Math.min(file.length - 1, file.length * percent / 100));

            assertThatThrownBy(() -> ImageDecoder.decode(part, SIDE))
                    .as(ImageFileFormat.of(file) + " cut at " + percent + " percent")
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseAJpegThatGotAnEndMarkerAfterItWasCut() throws IOException {
        byte[] whole = jpeg(noise());
        byte[] mended = Arrays.copyOf(whole, whole.length / 2);
        mended[mended.length - 2] = (byte) 0xFF;
        mended[mended.length - 1] = (byte) 0xD9;

        assertThatThrownBy(() -> ImageDecoder.decode(mended, SIDE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the image is damaged");
        assertThatThrownBy(() -> ImageDecoder.decode(Arrays.copyOf(whole, whole.length - 2), SIDE))
                .hasMessage("the image is cut off: it has no end marker");
        byte[] trailing = Arrays.copyOf(whole, whole.length + 1000);
        assertThat(ImageDecoder.decode(trailing, SIDE).rgb())
                .as("what follows the end is no part of it")
                .isNotEmpty();
    }

    @Test
    void shouldRefuseAPngWhosePixelsAreDamagedOrTooFew() throws IOException {
        byte[] flipped = quadrants().bytes();
        flipped[flipped.length - 20] ^= 1;
        byte[] few = quadrants().pixels(TestPng.deflate(new byte[20])).bytes();
        byte[] unknown = quadrants().with("abcD", new byte[3]).bytes();
        byte[] text = quadrants()
                .with("tEXt", "Title\0x".getBytes(StandardCharsets.US_ASCII))
                .bytes();
        text[8 + 25 + 8] ^= 1;

        assertThatThrownBy(() -> ImageDecoder.decode(flipped, SIDE))
                .hasMessage("the image is damaged: its IDAT chunk has another checksum than it says");
        assertThatThrownBy(() -> ImageDecoder.decode(few, SIDE)).isInstanceOf(IOException.class);
        assertThat(corners(unknown)).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(corners(text)).containsExactly(RED, BLUE, GREEN, BLACK);
        assertThat(ImageDecoder.read(text, SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED, "tEXt has another checksum than it says and is ignored"));
    }

    @Test
    void shouldRefuseWhatIsTooLargeBeforeItIsUnpacked() {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
        png.writeBytes(TestPng.header(60_000, 60_000, 8, 6, false));
        byte[] gif = ByteBuffer.allocate(14)
                .put("GIF89a".getBytes(StandardCharsets.US_ASCII))
                .put(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 0, 0, 0x3B})
                .array();

        assertThatThrownBy(() -> ImageDecoder.decode(png.toByteArray(), SIDE))
                .hasMessage("an image of 3600000000 pixels, at most 100000000")
                .satisfies(e ->
                        assertThat(ImageException.reason((IOException) e)).isEqualTo(SkippedEntries.Reason.TOO_LARGE));
        assertThatThrownBy(() -> ImageDecoder.decode(gif, SIDE)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldNameTheFormatsItDoesNotRead() throws IOException {
        assertUnsupported(resource("lossless.avif"), "AVIF");
        assertUnsupported(new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c', 0, 0, 0, 0}, "HEIF");
        assertUnsupported(new byte[] {(byte) 0xFF, 0x0A, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, "JPEG XL");
        assertUnsupported("<?xml version=\"1.0\"?><svg></svg>".getBytes(StandardCharsets.US_ASCII), "SVG");
        assertUnsupported("<!DOCTYPE html><p>404</p>".getBytes(StandardCharsets.US_ASCII), "a web page");
        assertUnsupported("version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII), "Git LFS");
        assertUnsupported("P6\n1 1\n255\nabc".getBytes(StandardCharsets.US_ASCII), "Netpbm");
        assertThatThrownBy(() -> ImageDecoder.decode("what was it".getBytes(StandardCharsets.US_ASCII), SIDE))
                .hasMessage("no image in 11 bytes");
        assertThatThrownBy(() -> ImageDecoder.decode(new byte[0], SIDE)).hasMessage("no image: the file is empty");
    }

    private static void assertUnsupported(byte[] file, String name) {
        assertThatThrownBy(() -> ImageDecoder.decode(file, SIDE))
                .hasMessageContaining(name)
                .satisfies(e -> assertThat(ImageException.reason((IOException) e))
                        .isEqualTo(SkippedEntries.Reason.UNSUPPORTED));
    }

    @Test
    void shouldSayThatAPixelPointsPastThePalette() throws IOException {
        byte[] file = new TestPng(3, 8, new int[][] {{0}, {1}, {0}, {9}})
                .with("PLTE", 255, 0, 0, 0, 0, 255)
                .bytes();

        assertThat(corners(file)).containsExactly(RED, BLUE, RED, BLUE);
        assertThat(ImageDecoder.read(file, SIDE).remarks())
                .containsExactly(new ImageDecoder.Remarked(
                        SkippedEntries.Remark.WARNED,
                        "some pixels have a colour past the last of its palette of 2, taken as the last"));
    }

    @Test
    void shouldScaleAPaletteWithoutDithering() throws IOException {
        byte[] file = new TestPng(3, 1, new int[][] {{0}, {1}, {0}, {1}})
                .with("PLTE", 255, 0, 0, 0, 0, 255)
                .bytes();

        Pixels small = ImageDecoder.decode(file, 16);

        assertThat(small.width()).isEqualTo(16);
        for (int x = 0; x < 16; x++) {
            int at = 3 * (8 * 16 + x);
            assertThat(new int[] {small.rgb()[at] & 0xFF, small.rgb()[at + 1] & 0xFF, small.rgb()[at + 2] & 0xFF})
                    .as("column " + x)
                    .isEqualTo(x < 8 ? new int[] {255, 0, 0} : new int[] {0, 0, 255});
        }
    }

    /** Upper left, upper right, lower left, lower right. */
    private static Integer[] corners(byte[] file) throws IOException {
        Pixels pixels = ImageDecoder.decode(file, SIDE);
        int last = SIDE - 1;
        return new Integer[] {at(pixels, 0, 0), at(pixels, last, 0), at(pixels, 0, last), at(pixels, last, last)};
    }

    private static int at(Pixels pixels, int x, int y) {
        int at = 3 * (y * pixels.width() + x);
        return (pixels.rgb()[at] & 0xFF) << 16 | (pixels.rgb()[at + 1] & 0xFF) << 8 | (pixels.rgb()[at + 2] & 0xFF);
    }

    private static boolean near(int rgb, int other, int tolerance) {
        return Math.abs((rgb >> 16) - (other >> 16)) <= tolerance
                && Math.abs((rgb >> 8 & 0xFF) - (other >> 8 & 0xFF)) <= tolerance
                && Math.abs((rgb & 0xFF) - (other & 0xFF)) <= tolerance;
    }

    private static TestPng quadrants() {
        return new TestPng(2, 8, new int[] {255, 0, 0}, new int[] {0, 0, 255}, new int[] {0, 128, 0}, new int[3]);
    }

    private static BufferedImage fourColours() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        int[] colours = {RED, BLUE, GREEN, BLACK};
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                image.setRGB(x, y, colours[(y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)]);
            }
        }
        return image;
    }

    private static BufferedImage noise() {
        BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
        java.util.SplittableRandom random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 128 * 128; i++) {
            image.setRGB(i % 128, i / 128, random.nextInt(1 << 24));
        }
        return image;
    }

    private static void fill(BufferedImage image, Color colour) {
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.dispose();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ImageDecoderTest.class.getResourceAsStream("/pictures/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private static byte[] written(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        return jpeg(new IIOImage(image, null, null), ImageWriteParam.MODE_DISABLED);
    }

    private static byte[] progressive(BufferedImage image) throws IOException {
        return jpeg(new IIOImage(image, null, null), ImageWriteParam.MODE_DEFAULT);
    }

    private static byte[] jpeg(IIOImage image, int progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionQuality(1);
        how.setProgressiveMode(progressive);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(to);
            writer.write(null, image, how);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** @param transform what Adobe's segment says: 0 inks, 2 brightness, two colours and black */
    private static byte[] fourBands(int[][] quadrants, int transform) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIDE, SIDE, 4, null);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                raster.setPixel(x, y, quadrants[(y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)]);
            }
        }
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return afterStart(jpeg(new IIOImage(raster, null, null), ImageWriteParam.MODE_DISABLED), segment(0xEE, adobe));
    }

    private static byte[] segment(int marker, byte[] content) {
        return ByteBuffer.allocate(4 + content.length)
                .put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (content.length + 2))
                .put(content)
                .array();
    }

    private static byte[] afterStart(byte[] jpeg, byte[] segment) {
        return ByteBuffer.allocate(jpeg.length + segment.length)
                .put(jpeg, 0, 2)
                .put(segment)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    private static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .put(new byte[] {'M', 'M', 0, 42})
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    private static byte[] tiff(BufferedImage... images) throws IOException {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("tiff");
        ImageWriter writer = writers.next();
        while (!writer.getClass().getName().startsWith("com.sun.")) {
            // The other one writes fewer types.
            writer = writers.next();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(to);
            writer.prepareWriteSequence(null);
            for (BufferedImage image : images) {
                writer.writeToSequence(new IIOImage(image, null, null), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Frames at an offset; the canvas is as large as the offset and a frame. */
    private static byte[] gif(List<BufferedImage> frames, int left, int top) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(to);
            IIOMetadata stream = writer.getDefaultStreamMetadata(null);
            IIOMetadataNode screen = new IIOMetadataNode("LogicalScreenDescriptor");
            screen.setAttribute("logicalScreenWidth", String.valueOf(SIDE));
            screen.setAttribute("logicalScreenHeight", String.valueOf(SIDE));
            screen.setAttribute("colorResolution", "8");
            screen.setAttribute("pixelAspectRatio", "0");
            IIOMetadataNode root = new IIOMetadataNode(stream.getNativeMetadataFormatName());
            root.appendChild(screen);
            stream.mergeTree(stream.getNativeMetadataFormatName(), root);
            writer.prepareWriteSequence(stream);
            for (BufferedImage frame : frames) {
                IIOMetadata metadata =
                        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(frame), null);
                IIOMetadataNode descriptor = new IIOMetadataNode("ImageDescriptor");
                descriptor.setAttribute("imageLeftPosition", String.valueOf(left));
                descriptor.setAttribute("imageTopPosition", String.valueOf(top));
                descriptor.setAttribute("imageWidth", String.valueOf(frame.getWidth()));
                descriptor.setAttribute("imageHeight", String.valueOf(frame.getHeight()));
                descriptor.setAttribute("interlaceFlag", "FALSE");
                IIOMetadataNode tree = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
                tree.appendChild(descriptor);
                metadata.mergeTree(metadata.getNativeMetadataFormatName(), tree);
                writer.writeToSequence(new IIOImage(frame, null, metadata), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }
}
