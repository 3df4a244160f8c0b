package dev.limner.training.network.projection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.WeightGroup;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.ScriptedCritic;
import dev.limner.training.network.TangentCritic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The projection discriminator (Miyato and Koyama 2018) that mirrors the default generator: pixel-unshuffle, residual
 * stages, one valid convolution at 4x4 to a feature vector f, and the score w . LReLU(f) + f . V s / sqrt(|f|).
 *
 * <p>The convolutions have biases: without them the network is blind to grey, which is zero, and the generator hides in
 * it. The score itself has none: the relativistic loss does not see a constant.
 */
public final class ProjectionCritic implements Critic, TangentCritic {
    private static final float DAMPING = 0.5f;
    private static final int UNSHUFFLED = 12;

    private final ProjectionSpec shape;
    private final CriticInputs inputs;
    private final Parameters parameters;

    /** @param shape with as many channels as there are sides from half of an image's to 4x4 */
    ProjectionCritic(ProjectionSpec shape, CriticInputs inputs) {
        this.shape = shape;
        this.inputs = inputs;
        List<Integer> channels = shape.channels();
        Parameters.Builder builder =
                Parameters.builder().group(WeightGroup.PIXELS).conv("start", UNSHUFFLED, channels.get(0), 3, 1.4f);
        for (int stage = 0; stage + 1 < channels.size(); stage++) {
            int in = channels.get(stage);
            int out = channels.get(stage + 1);
            builder.group(stage == 0 ? WeightGroup.PIXELS : WeightGroup.BODY)
                    .conv("stage" + stage + ".conv1", in, in, 3, 1.4f)
                    .conv("stage" + stage + ".conv2", in, out, 3, 1.4f * DAMPING)
                    .weight("stage" + stage + ".skip.weight", new Shape(out, in, 1, 1), in, 1f);
        }
        int features = shape.features();
        this.parameters = builder.group(WeightGroup.BODY)
                .conv("end", channels.get(channels.size() - 1), features, 4, 1.4f)
                .weight("score", new Shape(1, features), features, 1f)
                .group(WeightGroup.CONDITIONING)
                .weight("caption", new Shape(features, inputs.text()), inputs.text(), 1f)
                .build();
    }

    @Override
    public String name() {
        return ProjectionSpec.Kind.ID;
    }

    @Override
    public Optional<TangentCritic> tangent() {
        return Optional.of(this);
    }

    @Override
    public Optional<ScriptedCritic> scripted() {
        return Optional.of(
                ProjectionScript.of(shape, List.copyOf(parameters.shapes().keySet())));
    }

    @Override
    public List<ConvolutionShape> convolutions(int batch) {
        List<Integer> channels = shape.channels();
        List<ConvolutionShape> shapes = new ArrayList<>();
        int side = inputs.side() / 2;
        shapes.add(ConvolutionShape.keeping(batch, UNSHUFFLED, channels.get(0), 3, side));
        for (int stage = 0; stage + 1 < channels.size(); stage++) {
            int in = channels.get(stage);
            int out = channels.get(stage + 1);
            shapes.add(ConvolutionShape.keeping(batch, in, in, 3, side));
            shapes.add(ConvolutionShape.keeping(batch, in, out, 3, side));
            side /= 2;
            shapes.add(ConvolutionShape.keeping(batch, in, out, 1, side));
        }
        shapes.add(new ConvolutionShape(batch, channels.get(channels.size() - 1), shape.features(), 4, side, false));
        return shapes;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Features of images, (n, features).
     *
     * @param images (n, 3, side, side), or a tangent of that shape
     */
    private NDArray features(Weights weights, NDArray images, ActivationMode activation) {
        NDArray hidden = conv(weights, "start", Layers.pixelUnshuffle(images), activation);
        for (int stage = 0; stage + 1 < shape.channels().size(); stage++) {
            String name = "stage" + stage;
            NDArray skip = Layers.conv(Layers.halve(hidden), weights.get(name + ".skip.weight"), null);
            NDArray branch = conv(weights, name + ".conv1", activation.apply(hidden), activation);
            branch = conv(weights, name + ".conv2", activation.apply(branch), activation);
            hidden = skip.add(Layers.halve(branch));
        }
        return Layers.convValid(
                        activation.apply(hidden), weights.get("end.weight"), activation.bias(weights.get("end.bias")))
                .reshape(-1, shape.features());
    }

    private static NDArray conv(Weights weights, String name, NDArray input, ActivationMode activation) {
        return Layers.conv(input, weights.get(name + ".weight"), activation.bias(weights.get(name + ".bias")));
    }

    /** The half of the score that asks whether the image is real at all, (n). */
    private NDArray realness(Weights weights, NDArray features, ActivationMode activation) {
        return Layers.linear(activation.apply(features), weights.get("score"), null)
                .reshape(-1);
    }

    /** The half of the score that asks whether the image shows the caption, (n). */
    private NDArray agreement(Weights weights, NDArray features, NDArray sentence) {
        NDArray products = Layers.linear(sentence, weights.get("caption"), null).mul(features);
        return Layers.scale(products.sum(new int[] {1}), 1 / Math.sqrt(shape.features()));
    }

    @Override
    public Impression look(Weights weights, NDArray images) {
        ActivationMode plain = new ActivationMode.Plain();
        NDArray features = features(weights, images, plain);
        return new Seen(weights, features, realness(weights, features, plain));
    }

    /** What the captions are held against. */
    private final class Seen implements Impression {
        private final Weights weights;
        private final NDArray features;
        private final NDArray realness;

        /**
         * @param features (n, features)
         * @param realness (n)
         */
        Seen(Weights weights, NDArray features, NDArray realness) {
            this.weights = weights;
            this.features = features;
            this.realness = realness;
        }

        @Override
        public Impression part(long from, long to) {
            return new Seen(weights, features.get("{}:{}", from, to), realness.get("{}:{}", from, to));
        }

        @Override
        public NDArray score(NDArray sentence) {
            return realness.add(agreement(weights, features, sentence));
        }
    }

    @Override
    public NDArray score(Weights weights, NDArray images, NDArray sentence, ActivationMode activation) {
        NDArray features = features(weights, images, activation);
        return realness(weights, features, activation).add(agreement(weights, features, sentence));
    }
}
