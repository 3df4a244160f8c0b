package dev.limner.training.evaluate;

import java.util.Locale;

/** What a model has seen of what it is asked for. */
public enum Familiarity {
    /** Image and caption were trained on. */
    TRAINED(3),
    /** The image was trained on, this caption of it was not. */
    UNSEEN_WORDING(13),
    /** Neither. */
    HELD_OUT(23),
    /** The caption is of no image of the data set. */
    ELSEWHERE(33);

    private final long seedShift;

    Familiarity(long seedShift) {
        this.seedShift = seedShift;
    }

    /** Added to a plan's seed, so that no two kinds of captions share their noise. */
    long seedShift() {
        return seedShift;
    }

    /** For people: {@code unseen wording}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** As JSON and tables have it: {@code unseenWording}. */
    public String id() {
        String[] words = name().toLowerCase(Locale.ROOT).split("_", -1);
        return words.length == 1
                ? words[0]
                : words[0] + Character.toUpperCase(words[1].charAt(0)) + words[1].substring(1);
    }
}
