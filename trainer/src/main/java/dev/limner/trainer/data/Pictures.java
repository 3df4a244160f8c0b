package dev.limner.trainer.data;

import dev.limner.generator.image.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import net.coobird.thumbnailator.geometry.Positions;

/** Picture files to pixels and back, as training wants them: square, one size, on white. */
public final class Pictures {
    private static final long MOST_PIXELS = 100_000_000;

    private Pictures() {}

    /**
     * Decodes a picture, turns it the way its camera said, scales its short side to {@code side}, crops the centre and
     * lays it on white.
     *
     * @throws IOException if the bytes are no picture, or one of more than a hundred million pixels
     */
    public static Pixels decode(byte[] file, int side) throws IOException {
        requireReasonable(file);
        try {
            BufferedImage image =
                    Thumbnails.of(new ByteArrayInputStream(file)).scale(1).asBufferedImage();
            if (image.getWidth() == side && image.getHeight() == side) {
                return onWhite(image);
            }
            return onWhite(Thumbnails.of(image)
                    .imageType(BufferedImage.TYPE_INT_ARGB)
                    .crop(Positions.CENTER)
                    .size(side, side)
                    .asBufferedImage());
        } catch (RuntimeException e) {
            // The JVM's readers answer some damaged files with exceptions of their own.
            throw new IOException("the picture is damaged: " + e.getMessage(), e);
        }
    }

    private static void requireReasonable(byte[] file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("no picture in " + file.length + " bytes");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new IOException("a picture of " + pixels + " pixels, at most " + MOST_PIXELS);
                }
            } finally {
                reader.dispose();
            }
        }
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
