package dev.limner.trainer.data;

import dev.limner.generator.image.Pixels;
import java.util.List;
import java.util.Map;

/**
 * A picture and what it shows.
 *
 * @param key its name in the data set
 * @param pixels the picture
 * @param captions language to captions, the plainest first
 */
public record CaptionedImage(String key, Pixels pixels, Map<String, List<String>> captions) {
    public CaptionedImage {
        captions = Map.copyOf(captions);
    }

    /** The captions in one language; empty if there are none. */
    public List<String> captionsIn(String language) {
        return captions.getOrDefault(language, List.of());
    }
}
