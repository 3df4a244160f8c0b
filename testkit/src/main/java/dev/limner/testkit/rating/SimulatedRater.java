package dev.limner.testkit.rating;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Somebody who rates images. What moves them is known to nobody else. One thread. */
public final class SimulatedRater {
    private static final int RATERS = 5;
    /** Of a hundred opinions that are the other way round: nobody is sure of everything. */
    private static final double SLIPS = 0.08;

    private final Kind kind;
    private final SimulatedPreference preference;
    private final SplittableRandom random;
    private double threshold;
    private long said;

    /** What kind of rater. */
    public enum Kind {
        /** Likes what it has a preference for. */
        SINCERE,
        /** Tosses a coin. */
        RANDOM,
        /** Says both of everything, again and again, under one name. */
        HOSTILE
    }

    public SimulatedRater(Kind kind, SimulatedPreference preference, long seed) {
        this.kind = kind;
        this.preference = preference;
        this.random = new SplittableRandom(seed);
    }

    /** Gets used to what there is: from now on half of such images are liked. */
    public void getUsedTo(List<Pixels> images) {
        double[] values = images.stream().mapToDouble(preference::of).sorted().toArray();
        threshold = values[values.length / 2];
    }

    /** What it likes. */
    public SimulatedPreference preference() {
        return preference;
    }

    /** What it says of an image. */
    public List<Feedback> of(ImageName image, Pixels picture) {
        List<Feedback> feedback = new ArrayList<>();
        boolean likes = preference.of(picture) > threshold;
        switch (kind) {
            case SINCERE -> feedback.add(verdict(image, likes ^ random.nextDouble() < SLIPS, "rater-" + said % RATERS));
            case RANDOM -> feedback.add(verdict(image, random.nextBoolean(), "rater-" + said % RATERS));
            case HOSTILE -> {
                for (int i = 0; i < 3; i++) {
                    feedback.add(verdict(image, random.nextBoolean(), "eve"));
                    feedback.add(verdict(image, random.nextBoolean(), "mallory-" + random.nextInt(RATERS)));
                }
            }
        }
        return feedback;
    }

    private Feedback verdict(ImageName image, boolean likes, String who) {
        said++;
        return Feedback.of("said-" + said, image, new Opinion.Verdict(likes), who, Instant.now());
    }
}
