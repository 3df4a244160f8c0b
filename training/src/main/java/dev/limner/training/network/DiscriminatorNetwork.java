package dev.limner.training.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The projection discriminator (Miyato and Koyama 2018) that mirrors the default generator: pixel-unshuffle, residual
 * stages, one valid convolution at 4x4 to a feature vector f, and the score w . LReLU(f) + f . V s / sqrt(|f|).
 *
 * <p>The convolutions have biases: without them the network is blind to grey, which is zero, and the generator hides in
 * it. The score itself has none: the relativistic loss does not see a constant.
 */
public final class DiscriminatorNetwork extends AbstractBlock {
    private static final float DAMPING = 0.5f;
    private static final int UNSHUFFLED = 12;

    private final Recipe.Discriminator shape;
    private final FilmSpec generator;

    public DiscriminatorNetwork(Recipe.Discriminator shape, FilmSpec generator) {
        if (shape.channels().size() != generator.channels().size()) {
            throw new IllegalArgumentException(
                    "discriminator.channels has " + shape.channels().size()
                            + " entries, must have as many as generator.channels: "
                            + generator.channels().size());
        }
        this.shape = shape;
        this.generator = generator;
        List<Integer> channels = shape.channels();
        conv("start", UNSHUFFLED, channels.get(0), 3, 1.4f);
        for (int stage = 0; stage + 1 < channels.size(); stage++) {
            int in = channels.get(stage);
            int out = channels.get(stage + 1);
            conv("stage" + stage + ".conv1", in, in, 3, 1.4f);
            conv("stage" + stage + ".conv2", in, out, 3, 1.4f * DAMPING);
            weight("stage" + stage + ".skip.weight", new Shape(out, in, 1, 1), fanIn(in, 1f));
        }
        conv("end", channels.get(channels.size() - 1), shape.features(), 4, 1.4f);
        weight("score", new Shape(1, shape.features()), fanIn(shape.features(), 1f));
        weight("caption", new Shape(shape.features(), generator.text()), fanIn(generator.text(), 1f));
    }

    /** The convolutions that scoring a batch takes. */
    public List<ConvolutionShape> convolutions(int batch) {
        List<Integer> channels = shape.channels();
        List<ConvolutionShape> shapes = new ArrayList<>();
        int side = generator.side() / 2;
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

    /** Creates the arrays with their initial values, owned by {@code manager}. */
    public Weights initialise(NDManager manager) {
        int side = generator.side();
        initialize(manager, DataType.FLOAT32, new Shape(1, 3, side, side), new Shape(1, generator.text()));
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        getDirectParameters()
                .forEach(entry -> arrays.put(entry.getKey(), entry.getValue().getArray()));
        return new Weights(arrays);
    }

    /**
     * Features of images, (n, features).
     *
     * @param images (n, 3, side, side), or a tangent of that shape
     */
    public NDArray features(Weights weights, NDArray images, ActivationMode activation) {
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
    public NDArray realness(Weights weights, NDArray features, ActivationMode activation) {
        return Layers.linear(activation.apply(features), weights.get("score"), null)
                .reshape(-1);
    }

    /** The half of the score that asks whether the image shows the caption, (n). */
    public NDArray agreement(Weights weights, NDArray features, NDArray sentence) {
        NDArray products = Layers.linear(sentence, weights.get("caption"), null).mul(features);
        return Layers.scale(products.sum(new int[] {1}), 1 / Math.sqrt(shape.features()));
    }

    /** Scores of images with their captions, (n). */
    public NDArray score(Weights weights, NDArray images, NDArray sentence) {
        return score(weights, images, sentence, new ActivationMode.Plain());
    }

    public NDArray score(Weights weights, NDArray images, NDArray sentence, ActivationMode activation) {
        NDArray features = features(weights, images, activation);
        return realness(weights, features, activation).add(agreement(weights, features, sentence));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        NDArray images = inputs.get(0);
        getDirectParameters()
                .forEach(entry -> arrays.put(
                        entry.getKey(), parameterStore.getValue(entry.getValue(), images.getDevice(), training)));
        return new NDList(score(new Weights(arrays), images, inputs.get(1)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0))};
    }

    private void conv(String name, int in, int out, int kernel, float gain) {
        weight(name + ".weight", new Shape(out, in, kernel, kernel), fanIn(in * kernel * kernel, gain));
        weight(name + ".bias", new Shape(out), Initializer.ZEROS);
    }

    private static Initializer fanIn(int inputs, float gain) {
        return new NormalInitializer((float) (gain / Math.sqrt(inputs)));
    }

    private void weight(String name, Shape size, Initializer initializer) {
        addParameter(Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(size)
                .optInitializer(initializer)
                .build());
    }
}
