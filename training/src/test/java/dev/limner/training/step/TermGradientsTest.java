package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.testing.Gradients;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.augment.Cutout;
import dev.limner.training.augment.Translation;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.projection.ProjectionSpec;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.Objective;
import dev.limner.training.objective.ReconstructionTerm;
import dev.limner.training.objective.RelativisticObjective;
import dev.limner.training.objective.Scores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the losses are made of, forward and backward. */
class TermGradientsTest {
    private static final FilmSpec SPEC = new FilmSpec(4, 6, 4, List.of(8, 8, 8), true);

    @Test
    void shouldHaveTheGradientOfEveryWeightOfTheDiscriminatorAndOfItsInputs() {
        Gradients.bothWays(() -> {
            for (List<Integer> channels : List.of(List.of(5, 17, 12), List.of(16, 32, 16))) {
                try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                    Critic network = critic(channels);
                    Map<String, NDArray> arguments = arguments(manager, network);
                    arguments.put("pictures", Gradients.normal(manager, 1, 2, 3, SPEC.side(), SPEC.side()));
                    arguments.put("sentence", Gradients.normal(manager, 2, 2, SPEC.text()));

                    Gradients.check(
                            manager,
                            arguments,
                            all -> network.score(new Weights(all), all.get("pictures"), all.get("sentence")));
                }
            }
        });
    }

    @Test
    void shouldNameEveryConvolutionTheDiscriminatorUses() {
        Critic network = critic(List.of(5, 17, 12));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            List<Shape> kernels = arguments(manager, network).values().stream()
                    .map(NDArray::getShape)
                    .filter(shape -> shape.dimension() == 4)
                    .toList();

            assertThat(network.convolutions(2))
                    .extracting(shape -> new Shape(shape.out(), shape.in(), shape.kernel(), shape.kernel()))
                    .containsExactlyInAnyOrderElementsOf(kernels);
        }
    }

    @Test
    void shouldRecordTheSlopesThatTheTangentThenHas() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray input = manager.create(new float[] {-2, 0, 3});
            ActivationMode.Recording recording = new ActivationMode.Recording();

            assertThat(recording.apply(input).toFloatArray()).containsExactly(-0.4f, 0, 3);
            assertThat(new ActivationMode.Plain().apply(input).toFloatArray()).containsExactly(-0.4f, 0, 3);
            ActivationMode.Tangent tangent = new ActivationMode.Tangent(recording);
            float[] along =
                    tangent.apply(manager.create(new float[] {10, 10, 10})).toFloatArray();
            assertThat(along[0]).isCloseTo(2, within(1e-6f));
            assertThat(along[1]).isCloseTo(2, within(1e-6f));
            assertThat(along[2]).isCloseTo(10, within(1e-6f));
            assertThat(tangent.bias(input)).isNull();
            assertThat(recording.bias(input)).isSameAs(input);
        }
    }

    @Test
    void shouldHaveTheGradientsOfTheActivations() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> one = new LinkedHashMap<>();
            one.put("input", Gradients.normal(manager, 3, 2, 17, 3, 3));
            Gradients.check(manager, one, all -> new ActivationMode.Plain().apply(all.get("input")));
            ActivationMode.Recording recording = new ActivationMode.Recording();
            recording.apply(Gradients.normal(manager, 4, 2, 17, 3, 3));
            one.put("input", Gradients.normal(manager, 5, 2, 17, 3, 3));
            Gradients.check(manager, one, all -> new ActivationMode.Tangent(recording).apply(all.get("input")));
        }
    }

    @Test
    void shouldPassTheGradientThroughShiftsAndHoles() {
        Augmentation augmenter = Augmentation.all(List.of(new Translation(0.25), new Cutout(0.5)));
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> images = new LinkedHashMap<>();
            images.put("pictures", Gradients.normal(manager, 6, 3, 3, 8, 8));

            Gradients.check(manager, images, all -> augmenter.apply(all.get("pictures"), new SplittableRandom(1)));
        }
    }

    @Test
    void shouldComputeTheLossesLikePlainLoops() {
        double[] real = {0.3, -2, 1.5};
        double[] generated = {1.1, 0.4, -30};
        double[] mismatched = {-0.2, 3, 0.7};
        double discriminator = 0;
        double generator = 0;
        for (int i = 0; i < real.length; i++) {
            // The one in the middle has no wrong caption, the others are their own mean.
            double matching = i == 1 ? 0 : 1.5 * softPlus(mismatched[i] - real[i]);
            discriminator += softPlus(generated[i] - real[i]) + 0.5 * matching;
            generator += softPlus(real[i] - generated[i]);
        }
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> scores = new LinkedHashMap<>();
            scores.put("real", floats(manager, real));
            scores.put("generated", floats(manager, generated));
            scores.put("mismatched", floats(manager, mismatched));
            NDArray weights = floats(manager, new double[] {1.5, 0, 1.5});

            Objective objective = new RelativisticObjective(0.5);

            assertThat(objective.critic(scores(scores, weights)).getFloat())
                    .isCloseTo((float) (discriminator / real.length), within(1e-5f));
            assertThat(objective.generator(scores(scores, weights)).getFloat())
                    .isCloseTo((float) (generator / real.length), within(1e-5f));
            // Against several critics it is the mean.
            assertThat(objective
                            .generator(List.of(scores(scores, weights), scores(scores, weights)))
                            .getFloat())
                    .isCloseTo((float) (generator / real.length), within(1e-5f));
            Gradients.check(manager, scores, all -> objective.critic(scores(all, weights)));
            scores.put("real", floats(manager, real));
            scores.put("generated", floats(manager, generated));
            scores.remove("mismatched");
            Gradients.check(manager, scores, all -> objective.generator(scores(all, weights)));
        }
    }

    private static Scores scores(Map<String, NDArray> arrays, NDArray weights) {
        return new Scores() {
            @Override
            public NDArray real() {
                return Objects.requireNonNull(arrays.get("real"));
            }

            @Override
            public NDArray generated() {
                return Objects.requireNonNull(arrays.get("generated"));
            }

            @Override
            public NDArray mismatched() {
                return Objects.requireNonNull(arrays.get("mismatched"));
            }

            @Override
            public NDArray mismatchWeights() {
                return weights;
            }
        };
    }

    @Test
    void shouldComputeTheReconstructionLikePlainLoopsAtEverySize() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> images = new LinkedHashMap<>();
            images.put("generated", Gradients.normal(manager, 7, 2, 3, 16, 16));
            images.put("real", Gradients.normal(manager, 8, 2, 3, 16, 16));
            float[] generated = images.get("generated").toFloatArray();
            float[] real = images.get("real").toFloatArray();
            double full = 0;
            double half = 0;
            for (int plane = 0; plane < 6; plane++) {
                for (int y = 0; y < 16; y += 2) {
                    for (int x = 0; x < 16; x += 2) {
                        int at = plane * 256 + y * 16 + x;
                        double sum = 0;
                        for (int corner : new int[] {at, at + 1, at + 16, at + 17}) {
                            double difference = generated[corner] - real[corner];
                            full += Math.abs(difference);
                            sum += difference;
                        }
                        half += Math.abs(sum / 4);
                    }
                }
            }
            double expected = 3 * (full / generated.length + 4 * half / generated.length) / 2;

            assertThat(reconstruction(manager, images).getFloat()).isCloseTo((float) expected, within(1e-5f));
            Gradients.check(manager, images, all -> reconstruction(manager, all));
        }
    }

    private static NDArray reconstruction(NDManager manager, Map<String, NDArray> images) {
        NDArray none = manager.create(0f);
        return new ReconstructionTerm(3)
                .loss(new GeneratorTerm.Generation(
                        manager,
                        0,
                        0,
                        new FilmGenerator(SPEC),
                        new Weights(Map.of()),
                        none,
                        none,
                        none,
                        Objects.requireNonNull(images.get("real")),
                        Objects.requireNonNull(images.get("generated")),
                        (other, captions) -> {
                            throw new AssertionError("this term has no adversary");
                        }));
    }

    private static Critic critic(List<Integer> channels) {
        return new ProjectionSpec(channels, 9).build(new CriticInputs(SPEC.side(), SPEC.text()));
    }

    private static double softPlus(double value) {
        return Math.log1p(Math.exp(-Math.abs(value))) + Math.max(value, 0);
    }

    private static NDArray floats(NDManager manager, double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return manager.create(narrow);
    }

    /** The network's arrays; biases start at zero, where a missing factor would not be seen. */
    private static Map<String, NDArray> arguments(NDManager manager, Critic network) {
        Engine.getEngine("PyTorch").setRandomSeed(3);
        Map<String, NDArray> arrays =
                new LinkedHashMap<>(network.parameters().initialise(manager).arrays());
        arrays.replaceAll((name, array) -> name.endsWith(".bias")
                ? Gradients.normal(manager, name.hashCode(), array.getShape().getShape())
                : array);
        return arrays;
    }
}
