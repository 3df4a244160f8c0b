package dev.limner.training.regularizer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.ScriptedCritic;
import dev.limner.training.tensor.TorchProgram;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The norm of a gradient by differentiating twice: a TorchScript program computes the critic's gradient with {@code
 * create_graph}, so that its squared norm can be differentiated by the weights like any other loss. Right for whatever
 * autograd can differentiate twice; exact but for rounding, as the tangent pass is.
 */
final class AutogradNorm implements GradientNorm {
    private final List<String> names;
    private final TorchProgram program;

    AutogradNorm(ScriptedCritic critic, Device device) {
        this.names = critic.weights();
        this.program = TorchProgram.load(text(critic), device);
    }

    private static String text(ScriptedCritic critic) {
        List<String> arguments = Stream.concat(
                        Stream.of("images", "sentence"),
                        critic.weights().stream().map(name -> name.replace('.', '_')))
                .toList();
        String typed = arguments.stream().map(name -> name + ": Tensor").collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, """
              def forward(self: %1$s, %2$s) -> Tensor:
                scores = (self).score(%3$s)
                gradients = torch.grad([torch.sum(scores)], [images], None, None, True, False)
                gradient = torch._unwrap_optional(gradients[0])
                squares = torch.reshape(torch.mul(gradient, gradient), [torch.size(images, 0), -1])
                return torch.mean(torch.sum(squares, [1]))
              def score(self: %1$s, %2$s) -> Tensor:
            """, TorchProgram.TYPE, typed, String.join(", ", arguments)) + critic.body();
    }

    @Override
    public float accumulate(NDManager manager, Weights weights, NDArray images, NDArray sentence, float weight) {
        NDArray leaf = images.duplicate();
        leaf.attach(manager);
        leaf.setRequiresGradient(true);
        NDArray[] arguments = Stream.concat(
                        Stream.of(leaf, sentence), names.stream().map(weights::get))
                .toArray(NDArray[]::new);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray squares = program.run(arguments);
            collector.backward(Layers.scale(squares, weight / 2));
            return squares.getFloat();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
