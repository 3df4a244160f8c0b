package dev.limner.generator.image;

import dev.limner.protocol.Digests;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * What a model was seen to generate, side by side: a few square images of one size. On the same execution profile they come
 * out the same to the byte, on another almost.
 *
 * @param profile what they were generated on
 * @param images at least one
 */
public record ProbeSheet(String profile, List<Pixels> images) {
    static {
        ImageStreams.inMemory();
    }

    private static final int CHANNELS = 3;

    public ProbeSheet {
        images = List.copyOf(images);
        if (images.isEmpty()) {
            throw new IllegalArgumentException("a sheet of no probes");
        }
    }

    /** SHA-256 of the images' bytes one after the other. */
    public String pixelsSha256() {
        int stride = images.get(0).rgb().length;
        byte[] all = new byte[stride * images.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).rgb(), 0, all, i * stride, stride);
        }
        return Digests.sha256(all);
    }

    /** The greatest difference of any channel of any pixel, 0 to 255; 255 if they are not of the same size or number. */
    public int difference(List<Pixels> others) {
        if (others.size() != images.size()) {
            return 255;
        }
        int most = 0;
        for (int i = 0; i < others.size(); i++) {
            byte[] mine = images.get(i).rgb();
            byte[] other = others.get(i).rgb();
            if (mine.length != other.length) {
                return 255;
            }
            for (int at = 0; at < mine.length && !Arrays.equals(mine, other); at++) {
                most = Math.max(most, Math.abs((mine[at] & 0xFF) - (other[at] & 0xFF)));
            }
        }
        return most;
    }

    /** The images in a row, as a file. */
    public byte[] toPng() {
        int side = images.get(0).width();
        BufferedImage row = new BufferedImage(side * images.size(), side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < images.size(); i++) {
            row.getGraphics().drawImage(images.get(i).toImage(), i * side, 0, null);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(row, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("an image cannot be encoded in memory", e);
        }
        return out.toByteArray();
    }

    /**
     * Reads what {@link #toPng()} wrote.
     *
     * @throws IllegalArgumentException if the file is not a row of square images
     */
    public static ProbeSheet read(Path file, String profile) {
        try {
            return read(Files.readAllBytes(file), file, profile);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /**
     * The same from bytes that were read already.
     *
     * @param file as errors name it
     */
    public static ProbeSheet read(byte[] png, Path file, String profile) {
        BufferedImage row;
        try {
            row = ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " is not an image: " + e.getMessage(), e);
        }
        if (row == null || row.getWidth() % row.getHeight() != 0) {
            throw new IllegalArgumentException(file + " is not a row of square images");
        }
        int side = row.getHeight();
        List<Pixels> images = new ArrayList<>();
        for (int left = 0; left < row.getWidth(); left += side) {
            int[] packed = row.getRGB(left, 0, side, side, null, 0, side);
            byte[] rgb = new byte[CHANNELS * packed.length];
            for (int i = 0; i < packed.length; i++) {
                rgb[CHANNELS * i] = (byte) (packed[i] >> 16);
                rgb[CHANNELS * i + 1] = (byte) (packed[i] >> 8);
                rgb[CHANNELS * i + 2] = (byte) packed[i];
            }
            images.add(new Pixels(side, side, rgb));
        }
        return new ProbeSheet(profile, images);
    }
}
