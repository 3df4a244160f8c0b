package dev.limner.training.network.projection;

import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.CriticKind;
import dev.limner.training.network.CriticSpec;
import dev.limner.training.settings.Settings;
import java.util.List;

/**
 * The shape of the default critic, which mirrors the default generator.
 *
 * @param channels channels after the pixel-unshuffle and after each halving, down to 4x4
 * @param features length of the feature vector at 1x1
 */
public record ProjectionSpec(List<Integer> channels, int features) implements CriticSpec {
    private static final int MOST = 4096;
    private static final int LAST_SIDE = 4;

    public ProjectionSpec {
        channels = List.copyOf(channels);
    }

    @Override
    public Critic build(CriticInputs inputs) {
        // From half a side, after the pixel-unshuffle, to the last.
        int sides = Integer.numberOfTrailingZeros(inputs.side() / LAST_SIDE);
        if (channels.size() != sides) {
            throw new IllegalArgumentException("discriminator.channels has " + channels.size()
                    + " entries, must have as many as generator.channels: " + sides);
        }
        return new ProjectionCritic(this, inputs);
    }

    /** {@code kind: projection}, what a discriminator without a kind is. */
    public static final class Kind implements CriticKind {
        /** {@link #id()}. */
        public static final String ID = "projection";

        @Override
        public String id() {
            return ID;
        }

        @Override
        public CriticSpec read(Settings settings) {
            settings.keys("channels", "features");
            return new ProjectionSpec(settings.wholes("channels", 1, MOST), settings.whole("features", 1, MOST));
        }
    }
}
