package dev.limner.training.data;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An image and what it shows.
 *
 * @param key its name in the data set
 * @param pixels the image
 * @param captions language to captions, the plainest first
 * @param attributes what else is known of it
 */
public record CaptionedImage(
        String key, Pixels pixels, Map<String, List<String>> captions, ImageAttributes attributes) {
    /** Below this an image keeps all its captions for training: one to learn from, one to vary, one to hold out. */
    private static final int FEWEST_TO_HOLD_OUT = 3;

    public CaptionedImage {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        captions.forEach((language, texts) -> copy.put(language, List.copyOf(texts)));
        captions = Map.copyOf(copy);
    }

    /** An image of which nothing else is known: it is a subject of its own. */
    public CaptionedImage(String key, Pixels pixels, Map<String, List<String>> captions) {
        this(key, pixels, captions, ImageAttributes.NONE);
    }

    /** An image with a class, in a split that its makers chose. */
    public CaptionedImage(
            String key,
            Pixels pixels,
            Map<String, List<String>> captions,
            @Nullable String label,
            @Nullable Split split) {
        this(key, pixels, captions, ImageAttributes.NONE.withLabel(label).withSplit(split));
    }

    /** Its class, where the data set has classes. */
    public @Nullable String label() {
        return attributes.label();
    }

    /** Where the data set's makers put it; see {@link DataSet#splitOf} for where it is. */
    public @Nullable Split split() {
        return attributes.split();
    }

    /** What it shows: all images of a subject are in one split. Its key, where nothing else is known. */
    public String subject() {
        return Objects.requireNonNullElse(attributes.subject(), key);
    }

    /** How it shows it, where the data set has styles. */
    public @Nullable String style() {
        return attributes.style();
    }

    /** What it is for, where a subject has several images. */
    public @Nullable String role() {
        return attributes.role();
    }

    /** Id of the {@link DataSource} it comes from, where that is known. */
    public @Nullable String source() {
        return attributes.source();
    }

    /** The same image with other attributes. */
    public CaptionedImage with(ImageAttributes others) {
        return new CaptionedImage(key, pixels, captions, others);
    }

    /** The same image under another name as well: captions in turns, so that the plainest of both come first. */
    CaptionedImage alsoCalled(Map<String, List<String>> others) {
        Map<String, List<String>> merged = new LinkedHashMap<>(captions);
        others.forEach((language, texts) -> {
            List<String> mine = captionsIn(language);
            Set<String> both = new LinkedHashSet<>();
            for (int i = 0; i < Math.max(mine.size(), texts.size()); i++) {
                mine.stream().skip(i).limit(1).forEach(both::add);
                texts.stream().skip(i).limit(1).forEach(both::add);
            }
            merged.put(language, List.copyOf(both));
        });
        return new CaptionedImage(key, pixels, merged, attributes);
    }

    /** The captions in one language; empty if there are none. */
    public List<String> captionsIn(String language) {
        return captions.getOrDefault(language, List.of());
    }

    /**
     * The caption that training never sees although it sees the image: one of three or more, never the plainest, fixed
     * by a hash. A generator that only knows captions by heart fails on it.
     */
    public Optional<String> heldOutCaption(String language) {
        List<String> mine = captionsIn(language);
        if (mine.size() < FEWEST_TO_HOLD_OUT) {
            return Optional.empty();
        }
        int at = 1 + Math.floorMod((key + language).hashCode(), mine.size() - 1);
        return Optional.of(mine.get(at));
    }

    /** The captions that training sees. */
    public List<String> trainingCaptions(String language) {
        List<String> mine = new ArrayList<>(captionsIn(language));
        heldOutCaption(language).ifPresent(mine::remove);
        return List.copyOf(mine);
    }
}
