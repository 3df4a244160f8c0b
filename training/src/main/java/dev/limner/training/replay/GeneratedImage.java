package dev.limner.training.replay;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An image that Limner made, as far as learning needs it: no pixels.
 *
 * @param sha256 of its file
 * @param model digest of the model that generated it
 * @param caption that was asked for
 * @param seed of its noise
 * @param index in its job
 * @param features as the reward sees it; none if it could not be looked at again when the judges changed; not to be changed
 */
public record GeneratedImage(String sha256, String model, String caption, long seed, int index, float[] features) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GeneratedImage that
                && sha256.equals(that.sha256)
                && model.equals(that.model)
                && caption.equals(that.caption)
                && seed == that.seed
                && index == that.index
                && Arrays.equals(features, that.features);
    }

    @Override
    public int hashCode() {
        return Objects.hash(sha256, model);
    }

    @Override
    public String toString() {
        return sha256 + " by " + model;
    }
}
