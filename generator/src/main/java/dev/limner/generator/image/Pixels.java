package dev.limner.generator.image;

/**
 * A picture before it is a file.
 *
 * @param rgb height x width x 3 bytes, row by row; not to be changed by the reader
 */
public record Pixels(int width, int height, byte[] rgb) {
    public Pixels {
        if (width < 1 || height < 1 || rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    rgb.length + " bytes are not a picture of " + width + "x" + height + " pixels");
        }
    }
}
