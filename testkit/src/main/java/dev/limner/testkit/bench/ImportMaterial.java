package dev.limner.testkit.bench;

import dev.limner.cli.terminal.Progress;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.ShardFiles;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/** Images to import: no two alike, ovals on a gradient, which pack about as well as photographs. */
final class ImportMaterial {
    static final int GIANT_SIDE = 60_000;

    private static final int SHARD = 500;
    private static final int OVALS = 12;

    private final int images;
    private final int side;

    ImportMaterial(int images, int side) {
        this.images = images;
        this.side = side;
    }

    /** A folder of files with a caption beside each. */
    void folder(Path folder, String format, Progress progress) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < images; i++) {
            String name = String.format(Locale.ROOT, "%06d", i);
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(folder.resolve(name + "." + format)))) {
                ImageIO.write(picture(i), format, out);
            }
            Files.writeString(folder.resolve(name + ".txt"), caption(i));
            progress.to(i + 1L, format);
        }
    }

    /** The same images as gzipped tar files of 500. */
    void shards(Path folder, Progress progress) throws IOException {
        Files.createDirectories(folder);
        List<CaptionedImage> held = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            held.add(new CaptionedImage(
                    String.format(Locale.ROOT, "%06d", i), pixels(picture(i)), Map.of("en", List.of(caption(i)))));
            if (held.size() == SHARD || i == images - 1) {
                ShardFiles.write(folder.resolve(String.format(Locale.ROOT, "%05d.tar.gz", i / SHARD)), held);
                held.clear();
            }
            progress.to(i + 1L, "shards");
        }
    }

    private static String caption(int number) {
        return "ovals, number " + number;
    }

    private BufferedImage picture(int number) {
        SplittableRandom random = new SplittableRandom(number * 0x9E3779B97F4A7C15L);
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setPaint(new GradientPaint(0, 0, colour(random), side, side, colour(random)));
        graphics.fillRect(0, 0, side, side);
        for (int i = 0; i < OVALS; i++) {
            graphics.setPaint(colour(random));
            graphics.fillOval(
                    random.nextInt(side),
                    random.nextInt(side),
                    1 + random.nextInt(side / 2),
                    1 + random.nextInt(side / 2));
        }
        graphics.dispose();
        return image;
    }

    private static Color colour(SplittableRandom random) {
        return new Color(random.nextInt(1 << 24));
    }

    private static Pixels pixels(BufferedImage image) {
        int[] packed = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        byte[] rgb = new byte[3 * packed.length];
        for (int i = 0; i < packed.length; i++) {
            rgb[3 * i] = (byte) (packed[i] >> 16);
            rgb[3 * i + 1] = (byte) (packed[i] >> 8);
            rgb[3 * i + 2] = (byte) packed[i];
        }
        return new Pixels(image.getWidth(), image.getHeight(), rgb);
    }

    /**
     * A whole PNG of 60,000 x 60,000 grey pixels, a few hundred kilobytes that unpack to 3.6 GB, beside one ordinary
     * image.
     */
    void giant(Path folder) throws IOException {
        Files.createDirectories(folder);
        ImageIO.write(picture(0), "png", folder.resolve("ordinary.png").toFile());
        Files.writeString(folder.resolve("ordinary.txt"), "ovals");
        Files.writeString(folder.resolve("giant.txt"), "a field of black");
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(folder.resolve("giant.png"))))) {
            out.write(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
            ByteBuffer header = ByteBuffer.allocate(13).putInt(GIANT_SIDE).putInt(GIANT_SIDE);
            chunk(out, "IHDR", header.put((byte) 8).array(), 13);
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            byte[] row = new byte[GIANT_SIDE + 1];
            byte[] packed = new byte[1 << 16];
            for (int y = 0; y < GIANT_SIDE; y++) {
                deflater.setInput(row);
                for (int n = deflater.deflate(packed); n > 0; n = deflater.deflate(packed)) {
                    chunk(out, "IDAT", packed, n);
                }
            }
            deflater.finish();
            for (int n = deflater.deflate(packed); n > 0; n = deflater.deflate(packed)) {
                chunk(out, "IDAT", packed, n);
            }
            deflater.end();
            chunk(out, "IEND", packed, 0);
        }
    }

    private static void chunk(DataOutputStream out, String type, byte[] content, int length) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content, 0, length);
        out.writeInt(length);
        out.write(name);
        out.write(content, 0, length);
        out.writeInt((int) sum.getValue());
    }
}
