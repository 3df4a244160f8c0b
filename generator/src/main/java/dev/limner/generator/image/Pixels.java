package dev.limner.generator.image;

import java.awt.image.BufferedImage;

/**
 * An image before it is a file.
 *
 * @param rgb height x width x 3 bytes, row by row; not to be changed by the reader
 */
public record Pixels(int width, int height, byte[] rgb) {
    public Pixels {
        if (width < 1 || height < 1 || rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    rgb.length + " bytes are not an image of " + width + "x" + height + " pixels");
        }
    }

    /** A copy for the JDK's generating and writing. */
    public BufferedImage toImage() {
        int[] packed = new int[width * height];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.getRaster().setDataElements(0, 0, width, height, packed);
        return image;
    }
}
