package dev.limner.protocol;

/** An image's size in pixels. */
public record ImageSize(int width, int height) {
    @Override
    public String toString() {
        return width + "x" + height;
    }
}
