package dev.limner.generator.image;

import javax.imageio.ImageIO;

/** How this process encodes and decodes images that are in memory. */
public final class ImageStreams {
    private ImageStreams() {}

    /**
     * Has the JDK encode and decode in memory for all of this process. By default it goes through a temporary file, which
     * needs a disk with room, and registers a shutdown hook for it, which a process that is told to end cannot do any more:
     * a training's last page was lost so. Images here are small. Safe from any thread, any number of times.
     */
    public static void inMemory() {
        ImageIO.setUseCache(false);
    }
}
