package dev.limner.training.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image as a source has it, before it is checked and scaled.
 *
 * @param place where it is, for a person
 * @param key its name, if possible unique in the source
 * @param file the image file's bytes, in any format
 * @param captions language to captions, possibly blank
 * @param label its class, where the source has classes
 * @param split where the source's makers put it
 */
public record RawImage(
        String place,
        String key,
        byte[] file,
        Map<String, List<String>> captions,
        @Nullable String label,
        @Nullable Split split) {
    /** Somewhere images with captions come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Hands over every image in a fixed order.
         *
         * @param skipped told of what the source has and cannot hand over
         * @throws DataException if the source as a whole cannot be read
         */
        void read(Receiver receiver, SkippedEntries skipped);
    }

    /** Takes images one by one. */
    @FunctionalInterface
    public interface Receiver {
        void take(RawImage image);
    }
}
