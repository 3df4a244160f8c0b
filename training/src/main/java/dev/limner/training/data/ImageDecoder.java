package dev.limner.training.data;

import dev.limner.generator.image.ImageStreams;
import dev.limner.generator.image.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.CMMException;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import net.coobird.thumbnailator.geometry.Positions;
import org.jspecify.annotations.Nullable;

/** Image files to pixels and back, as training wants them: square, one size, on white. */
public final class ImageDecoder {
    static {
        ImageStreams.inMemory();
    }

    private static final long MOST_PIXELS = 100_000_000;
    private static final int LONGEST_STRIP = 32;

    private ImageDecoder() {}

    /**
     * An image that could be decoded.
     *
     * @param remarks what a person should know about how it was read
     */
    record Decoded(Pixels pixels, List<Remarked> remarks) {
        Decoded {
            remarks = List.copyOf(remarks);
        }
    }

    /** One remark on an image. */
    record Remarked(SkippedEntries.Remark remark, String detail) {}

    /**
     * Decodes an image, turns it the way its camera said, scales its short side to {@code side}, crops the centre and
     * lays it on white.
     *
     * @throws IOException if the bytes are no image, not all of one, one in a format that is not read, or one of more
     *     than a hundred million pixels
     */
    public static Pixels decode(byte[] file, int side) throws IOException {
        List<Remarked> remarks = new ArrayList<>();
        return read(ImageFileFormat.of(file), file, side, remarks).pixels();
    }

    /**
     * As {@link #decode}, with what there is to say of it; also of an SVG, which is a program to draw by and thus only read
     * where a person asked for it.
     */
    static Decoded read(byte[] file, int side) throws IOException {
        List<Remarked> remarks = new ArrayList<>();
        return ImageFileFormat.isSvg(file)
                ? new Decoded(onWhite(SvgImage.draw(file, side, remarks)), remarks)
                : read(ImageFileFormat.of(file), file, side, remarks);
    }

    private static Decoded read(ImageFileFormat format, byte[] file, int side, List<Remarked> remarks)
            throws IOException {
        try {
            return new Decoded(square(whole(format, file, remarks), side), remarks);
        } catch (RuntimeException e) {
            // The decoders answer some damaged files with exceptions of their own.
            throw ImageException.damaged(told(e));
        } catch (OutOfMemoryError e) {
            throw moreThanFits();
        } catch (EOFException e) {
            throw ImageException.cutOff("it ends before its pixels do");
        } catch (IOException e) {
            // Some of the decoders take it for a fault of the file.
            if (e.getCause() instanceof OutOfMemoryError) {
                throw moreThanFits();
            }
            throw e.getMessage() == null ? ImageException.damaged(told(e)) : e;
        }
    }

    static ImageException moreThanFits() {
        return new ImageException(
                SkippedEntries.Reason.TOO_LARGE,
                "more than fits the memory of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    static String told(Exception e) {
        // What is out of which bounds is of use to nobody but the decoder's makers.
        return e.getMessage() == null
                        || e instanceof IndexOutOfBoundsException
                        || e instanceof NegativeArraySizeException
                ? "its decoder stumbles over it (" + e.getClass().getSimpleName() + ")"
                : e.getMessage();
    }

    /** All of it, upright, 8-bit sRGB with alpha. */
    private static BufferedImage whole(ImageFileFormat format, byte[] file, List<Remarked> remarks) throws IOException {
        return switch (format) {
            case PNG -> png(file, remarks);
            case GIF -> GifImage.read(file, remarks);
            case JPEG -> {
                if (WholeFile.requireJpeg(file)) {
                    remarks.add(new Remarked(
                            SkippedEntries.Remark.WARNED, "its last scans are missing, so it is coarser than it was"));
                }
                yield upright(format, file, remarks);
            }
            case WEBP -> {
                frames(WholeFile.requireWebp(file), remarks);
                yield webp(file, remarks);
            }
            case BMP -> {
                WholeFile.requireBmp(file);
                yield upright(format, file, remarks);
            }
            case TIFF -> upright(format, file, remarks);
        };
    }

    /** Its decoder answers a profile that cannot be used with an exception, where others ignore it. */
    private static BufferedImage webp(byte[] file, List<Remarked> remarks) throws IOException {
        List<Remarked> said = new ArrayList<>();
        try {
            BufferedImage image = upright(ImageFileFormat.WEBP, file, said);
            remarks.addAll(said);
            return image;
        } catch (IOException | RuntimeException e) {
            byte[] plain = WebpFile.withoutProfile(file);
            if (plain.length == file.length) {
                throw e;
            }
            try {
                BufferedImage image = upright(ImageFileFormat.WEBP, plain, remarks);
                remarks.add(
                        new Remarked(SkippedEntries.Remark.WARNED, "its colour profile cannot be used: " + told(e)));
                return image;
            } catch (IOException | RuntimeException other) {
                e.addSuppressed(other);
                throw e;
            }
        }
    }

    private static BufferedImage upright(ImageFileFormat format, byte[] file, List<Remarked> remarks)
            throws IOException {
        return ExifOrientation.upright(
                SrgbConversion.of(first(format, file, remarks), null, null), ExifOrientation.of(format, file, null));
    }

    private static BufferedImage png(byte[] file, List<Remarked> remarks) throws IOException {
        requireReasonable(PngFile.pixels(file));
        PngFile png = PngFile.read(file);
        png.complaints().forEach(complaint -> remarks.add(new Remarked(SkippedEntries.Remark.WARNED, complaint)));
        if (png.animated()) {
            remarks.add(new Remarked(SkippedEntries.Remark.FIRST_FRAME, "it is animated"));
        }
        BufferedImage image = first(ImageFileFormat.PNG, png.plain(), remarks);
        if (png.colours() > 0 && SrgbConversion.uses(image, png.colours())) {
            remarks.add(new Remarked(
                    SkippedEntries.Remark.WARNED,
                    "some pixels have a colour past the last of its palette of " + png.colours()
                            + ", taken as the last"));
        }
        return ExifOrientation.upright(
                inProfile(image, png.profile(), png.colourKey(), remarks),
                ExifOrientation.of(ImageFileFormat.PNG, file, png.exif()));
    }

    private static BufferedImage inProfile(
            BufferedImage image, byte @Nullable [] profile, int @Nullable [] colourKey, List<Remarked> remarks) {
        if (profile != null) {
            try {
                return SrgbConversion.of(image, ICC_Profile.getInstance(profile), colourKey);
            } catch (CMMException | IllegalArgumentException e) {
                remarks.add(
                        new Remarked(SkippedEntries.Remark.WARNED, "its colour profile cannot be used: " + told(e)));
            }
        }
        return SrgbConversion.of(image, null, colourKey);
    }

    static void frames(int count, List<Remarked> remarks) {
        if (count > 1) {
            remarks.add(new Remarked(SkippedEntries.Remark.FIRST_FRAME, "of " + count));
        }
    }

    /** As the decoder has it. */
    private static BufferedImage first(ImageFileFormat format, byte[] file, List<Remarked> remarks) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = format.reader();
            try {
                reader.setInput(in);
                DecoderWarnings warnings = new DecoderWarnings();
                reader.addIIOReadWarningListener(warnings);
                requireReasonable((long) reader.getWidth(0) * reader.getHeight(0));
                BufferedImage image = reader.read(0);
                warnings.judge(remarks);
                if (format == ImageFileFormat.TIFF) {
                    if (FloatPixels.has(image.getRaster())) {
                        // In the image they have been cut to 0 and 1.
                        FloatPixels.require(reader.readRaster(0, null), remarks);
                    }
                    frames(reader.getNumImages(true), remarks);
                }
                return image;
            } finally {
                reader.dispose();
            }
        }
    }

    static void requireReasonable(long pixels) throws ImageException {
        if (pixels > MOST_PIXELS) {
            throw new ImageException(
                    SkippedEntries.Reason.TOO_LARGE,
                    String.format(Locale.ROOT, "an image of %d pixels, at most %d", pixels, MOST_PIXELS));
        }
    }

    private static Pixels square(BufferedImage image, int side) throws IOException {
        if (image.getWidth() == side && image.getHeight() == side) {
            return onWhite(image);
        }
        return onWhite(Thumbnails.of(middle(image))
                .imageType(BufferedImage.TYPE_INT_ARGB)
                .crop(Positions.CENTER)
                .size(side, side)
                .asBufferedImage());
    }

    /** Scaling the whole of a long strip would take many times its size, for a middle that is cut out of it. */
    private static BufferedImage middle(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int shorter = Math.min(width, height);
        return Math.max(width, height) <= LONGEST_STRIP * shorter
                ? image
                : image.getSubimage((width - shorter) / 2, (height - shorter) / 2, shorter, shorter);
    }

    private static Pixels onWhite(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage flat = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = flat.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        byte[] rgb = new byte[3 * width * height];
        int at = 0;
        for (int packed : flat.getRGB(0, 0, width, height, null, 0, width)) {
            rgb[at++] = (byte) (packed >> 16);
            rgb[at++] = (byte) (packed >> 8);
            rgb[at++] = (byte) packed;
        }
        return new Pixels(width, height, rgb);
    }

    /** Encodes as PNG, without metadata. */
    public static byte[] toPng(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
