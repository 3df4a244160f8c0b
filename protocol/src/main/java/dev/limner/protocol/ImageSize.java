package dev.limner.protocol;

/** A picture's size in pixels. */
public record ImageSize(int width, int height) {
    @Override
    public String toString() {
        return width + "x" + height;
    }
}
