package dev.limner.generator.image;

import com.pngencoder.PngEncoder;
import dev.limner.protocol.ImageFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pixels to a file's bytes, with provenance inside: in PNG as iTXt chunks, in JPEG as a comment segment. A function of
 * its arguments; safe from any thread.
 */
public final class ImageEncoder {
    static {
        ImageStreams.inMemory();
    }

    /** Of the PNG chunk that holds the provenance. */
    static final String KEYWORD = "Limner";

    /** Measured on 64x64 images: 22 % less time than zlib's default of 6 for 2.4 % more bytes. */
    private static final int PNG_LEVEL = 3;

    private static final float JPEG_QUALITY = 0.92f;
    private static final int PNG_HEADER_END = 8 + 25;
    private static final int MOST_COMMENT = 65_533;

    private ImageEncoder() {}

    public static byte[] encode(Pixels pixels, ImageFormat format, Provenance provenance) {
        BufferedImage image = pixels.toImage();
        try {
            return switch (format) {
                case PNG -> png(image, provenance);
                case JPEG -> jpeg(image, provenance);
            };
        } catch (IOException e) {
            throw new UncheckedIOException("an image cannot be encoded in memory", e);
        }
    }

    private static byte[] png(BufferedImage image, Provenance provenance) {
        byte[] bare = new PngEncoder()
                .withBufferedImage(image)
                .withCompressionLevel(PNG_LEVEL)
                .withPredictorEncoding(true)
                .withMultiThreadedCompressionEnabled(false)
                .toBytes();
        byte[] software = PngChunks.text("Software", provenance.software());
        byte[] origin = PngChunks.text(KEYWORD, provenance.toJson());
        byte[] xmp = PngChunks.text("XML:com.adobe.xmp", Provenance.xmp());
        return ByteBuffer.allocate(bare.length + software.length + origin.length + xmp.length)
                .put(bare, 0, PNG_HEADER_END)
                .put(software)
                .put(origin)
                .put(xmp)
                .put(bare, PNG_HEADER_END, bare.length - PNG_HEADER_END)
                .array();
    }

    private static byte[] jpeg(BufferedImage image, Provenance provenance) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        byte[] bare = out.toByteArray();
        byte[] comment = provenance.toJson().getBytes(StandardCharsets.UTF_8);
        if (comment.length > MOST_COMMENT) {
            throw new IllegalArgumentException(
                    "provenance of " + comment.length + " bytes does not fit a JPEG comment");
        }
        // Behind the start marker and the JFIF segment, which readers want first.
        int after = 2 + 2 + ((bare[4] & 0xFF) << 8 | (bare[5] & 0xFF));
        return ByteBuffer.allocate(bare.length + 4 + comment.length)
                .put(bare, 0, after)
                .put((byte) 0xFF)
                .put((byte) 0xFE)
                .putShort((short) (comment.length + 2))
                .put(comment)
                .put(bare, after, bare.length - after)
                .array();
    }
}
