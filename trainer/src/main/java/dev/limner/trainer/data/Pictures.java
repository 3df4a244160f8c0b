package dev.limner.trainer.data;

import dev.limner.generator.image.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Picture files to pixels and back, as training wants them: square, one size, on white. */
public final class Pictures {
    private Pictures() {}

    /**
     * Decodes a picture, scales its short side to {@code side}, crops the centre and lays it on white.
     *
     * @throws IOException if the bytes are no picture
     */
    public static Pixels decode(byte[] file, int side) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        if (image == null) {
            throw new IOException("no picture in " + file.length + " bytes");
        }
        double scale = (double) side / Math.min(image.getWidth(), image.getHeight());
        int width = (int) Math.round(image.getWidth() * scale);
        int height = (int) Math.round(image.getHeight() * scale);
        BufferedImage square = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = square.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, side, side);
        graphics.drawImage(image, (side - width) / 2, (side - height) / 2, width, height, null);
        graphics.dispose();
        byte[] rgb = new byte[3 * side * side];
        int at = 0;
        for (int packed : square.getRGB(0, 0, side, side, null, 0, side)) {
            rgb[at++] = (byte) (packed >> 16);
            rgb[at++] = (byte) (packed >> 8);
            rgb[at++] = (byte) packed;
        }
        return new Pixels(side, side, rgb);
    }

    /** Encodes as PNG, without metadata. */
    public static byte[] toPng(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
