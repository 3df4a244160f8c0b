package dev.limner.training.toy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.CriticKind;
import dev.limner.training.network.CriticSpec;
import dev.limner.training.network.ScriptedCritic;
import dev.limner.training.settings.Settings;
import java.util.List;
import java.util.Optional;

/** Two layers with a softplus between them, which no tangent with held slopes gets through. */
public record SoftCritic(int inputs, int text, int hidden) implements Critic {
    private static final String BODY = """
                flat = torch.reshape(images, [torch.size(images, 0), -1])
                both = torch.cat([flat, sentence], 1)
                hidden = torch.softplus(torch.matmul(both, torch.t(in_weight)))
                return torch.reshape(torch.matmul(hidden, torch.t(out_weight)), [-1])
            """;

    @Override
    public String name() {
        return "soft";
    }

    @Override
    public Parameters parameters() {
        int all = inputs + text;
        return Parameters.builder()
                .weight("in.weight", new Shape(hidden, all), all, 1)
                .weight("out.weight", new Shape(1, hidden), hidden, 1)
                .build();
    }

    @Override
    public List<ConvolutionShape> convolutions(int batch) {
        return List.of();
    }

    @Override
    public Impression look(Weights weights, NDArray images) {
        NDArray flat = images.reshape(images.getShape().get(0), inputs);
        return new Seen(weights, flat);
    }

    private record Seen(Weights weights, NDArray flat) implements Impression {
        @Override
        public Impression part(long from, long to) {
            return new Seen(weights, flat.get("{}:{}", from, to));
        }

        @Override
        public NDArray score(NDArray sentence) {
            NDArray hidden = Layers.linear(flat.concat(sentence, 1), weights.get("in.weight"), null);
            return Layers.linear(Activation.softPlus(hidden), weights.get("out.weight"), null)
                    .reshape(-1);
        }
    }

    @Override
    public Optional<ScriptedCritic> scripted() {
        return Optional.of(new ScriptedCritic(List.of("in.weight", "out.weight"), BODY));
    }

    /** {@code kind: soft}. */
    public static final class Kind implements CriticKind {
        @Override
        public String id() {
            return "soft";
        }

        @Override
        public CriticSpec read(Settings settings) {
            settings.keys("hidden");
            return new Spec(settings.whole("hidden", 1, 4096));
        }
    }

    private record Spec(int hidden) implements CriticSpec {
        @Override
        public Critic build(CriticInputs inputs) {
            return new SoftCritic(3 * inputs.side() * inputs.side(), inputs.text(), hidden);
        }
    }
}
