package dev.limner.generator.network.film;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Weights;
import dev.limner.generator.testing.Gradients;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilmGeneratorTest {
    private static final FilmSpec ODD = new FilmSpec(4, 6, 5, List.of(17, 12, 8), true);
    private static final FilmSpec EVEN = new FilmSpec(4, 6, 5, List.of(16, 32), null);

    @Test
    void shouldHaveTheGradientOfEveryWeightAndOfItsInputs() {
        Gradients.bothWays(() -> {
            for (FilmSpec spec : List.of(ODD, EVEN)) {
                try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                    FilmGenerator network = new FilmGenerator(spec);
                    Engine.getEngine("PyTorch").setRandomSeed(7);
                    Map<String, NDArray> arguments = new LinkedHashMap<>(
                            network.parameters().initialise(manager).arrays());
                    // Biases start at zero; an argument of zeros would hide a factor.
                    arguments.replaceAll((name, array) -> name.endsWith(".bias")
                            ? Gradients.normal(
                                    manager, name.hashCode(), array.getShape().getShape())
                            : array);
                    arguments.put("noise", Gradients.normal(manager, 1, 2, spec.latent()));
                    arguments.put("sentence", Gradients.normal(manager, 2, 2, spec.text()));

                    Gradients.check(
                            manager,
                            arguments,
                            all -> network.generate(
                                    new Weights(all), GeneratorInputs.of(all.get("noise"), all.get("sentence"))));
                }
            }
        });
    }

    @Test
    void shouldNameEveryConvolutionItUses() {
        FilmGenerator network = new FilmGenerator(ODD);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            List<String> kernels = network.parameters().initialise(manager).arrays().values().stream()
                    .map(NDArray::getShape)
                    .filter(shape -> shape.dimension() == 4)
                    .map(FilmGeneratorTest::text)
                    .sorted()
                    .toList();

            assertThat(ODD.convolutions(3))
                    .extracting(shape -> text(new Shape(shape.out(), shape.in(), shape.kernel(), shape.kernel())))
                    .containsExactlyInAnyOrderElementsOf(kernels);
            assertThat(ODD.convolutions(3)).allMatch(shape -> shape.batch() == 3);
        }
    }

    private static String text(Shape shape) {
        return shape.toString();
    }
}
