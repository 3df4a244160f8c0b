package dev.limner.protocol;

/** How much somebody likes an image. */
public sealed interface Opinion {
    /** A thumb. */
    record Verdict(boolean liked) implements Opinion {}

    /** Marks out of ten. */
    record Score(int value) implements Opinion {
        /** The worst. */
        public static final int LEAST = 1;

        /** The best. */
        public static final int MOST = 10;

        public Score {
            if (value < LEAST || value > MOST) {
                throw new IllegalArgumentException("score is " + value + ", must be from " + LEAST + " to " + MOST);
            }
        }
    }

    /** Better than another image of the same caption. */
    record Preference(ImageName over) implements Opinion {}
}
