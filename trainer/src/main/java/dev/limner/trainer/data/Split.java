package dev.limner.trainer.data;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import java.util.Locale;

/** What a picture is for. */
public enum Split {
    /** Learned from. */
    TRAIN,
    /** Held out: only ever compared against. */
    TEST;

    private static final int PERCENT = 100;
    private static final int HEX_DIGITS = 6;

    /**
     * The split of a picture: a function of its pixels alone, so that it stays where it is when more data arrives, under
     * whatever name and in whatever order.
     *
     * @param heldOutPercent how many pictures of a hundred are held out
     */
    public static Split of(Pixels pixels, int heldOutPercent) {
        int bucket = Integer.parseInt(Digests.sha256(pixels.rgb()), 0, HEX_DIGITS, 16) % PERCENT;
        return bucket < heldOutPercent ? TEST : TRAIN;
    }

    /** As data sets write it: {@code train} or {@code test}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws DataException if it is neither */
    public static Split parse(String id) {
        for (Split split : values()) {
            if (split.id().equals(id)) {
                return split;
            }
        }
        throw new DataException("split is '" + id + "', must be 'train' or 'test'");
    }
}
