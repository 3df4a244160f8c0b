package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a generator reads for a batch of n images. Owned by the caller. An input that the generator does not declare is null.
 *
 * @param noise (n, {@link ModelInputs#noise()}), standard normal where a job does not truncate it
 * @param sentence (n, {@link ModelInputs#sentence()}), each row of norm sqrt(length)
 * @param label (n), int64: the place of each image's class in {@link ModelInputs#labels()}
 * @param controls (n, number of {@link ModelInputs#controls()}), a choice as its place
 */
public record GeneratorInputs(
        @Nullable NDArray noise,
        @Nullable NDArray sentence,
        @Nullable NDArray label,
        @Nullable NDArray controls) {
    /** Of a generator from captions. */
    public static GeneratorInputs of(NDArray noise, NDArray sentence) {
        return new GeneratorInputs(noise, sentence, null, null);
    }

    public NDArray requireNoise() {
        return require("noise", noise);
    }

    public NDArray requireSentence() {
        return require("sentence", sentence);
    }

    public NDArray requireLabel() {
        return require("label", label);
    }

    public NDArray requireControls() {
        return require("controls", controls);
    }

    /** Those that are there, in the order of the components. */
    public Stream<NDArray> present() {
        return Stream.of(noise, sentence, label, controls).flatMap(Stream::ofNullable);
    }

    private static NDArray require(String name, @Nullable NDArray array) {
        if (array == null) {
            throw new IllegalArgumentException("the generator reads " + name + ", and there is none");
        }
        return array;
    }
}
