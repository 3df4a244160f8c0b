package dev.limner.training.evaluate.extractor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The judges' networks as functions of their weights: a convolutional trunk from an image to 64 numbers, a classifier on
 * top of it, and a dual encoder of another trunk and a small text tower.
 *
 * @param side height and width of the images
 * @param text length of a sentence embedding
 * @param classes number of classes
 */
record ExtractorNetworks(int side, int text, int classes) {
    /** Length of a feature vector, and of the space the dual encoder meets in. */
    static final int FEATURES = 64;

    static final String CLASSIFIER = "classifier";
    static final String IMAGE_TOWER = "picture";
    static final String RANDOM = "random";

    private static final int UNSHUFFLED = 12;
    private static final int SMALLEST = 4;
    private static final int HIDDEN = 128;
    private static final int FIRST_CHANNELS = 32;
    private static final int MORE_CHANNELS = 32;
    private static final float GAIN = 1.4f;
    private static final double EPSILON = 1e-6;

    private int stages() {
        return Integer.numberOfTrailingZeros(side / 2 / SMALLEST) + 1;
    }

    private static int channels(int stage) {
        return FIRST_CHANNELS + stage * MORE_CHANNELS;
    }

    /** The convolutions that a trunk takes. */
    List<ConvolutionShape> convolutions(int batch) {
        List<ConvolutionShape> shapes = new ArrayList<>();
        int in = UNSHUFFLED;
        for (int stage = 0; stage < stages(); stage++) {
            shapes.add(ConvolutionShape.keeping(batch, in, channels(stage), 3, (side / 2) >> stage));
            in = channels(stage);
        }
        return shapes;
    }

    /** Names and shapes of everything that is trained. */
    Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        trunk(shapes, CLASSIFIER);
        shapes.put("classes.weight", new Shape(classes, FEATURES));
        shapes.put("classes.bias", new Shape(classes));
        trunk(shapes, IMAGE_TOWER);
        shapes.put("text.hidden.weight", new Shape(HIDDEN, text));
        shapes.put("text.hidden.bias", new Shape(HIDDEN));
        shapes.put("text.out.weight", new Shape(FEATURES, HIDDEN));
        shapes.put("text.out.bias", new Shape(FEATURES));
        return shapes;
    }

    /** Names and shapes of the trunk that stays as it was born. */
    Map<String, Shape> randomShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        trunk(shapes, RANDOM);
        return shapes;
    }

    private void trunk(Map<String, Shape> shapes, String name) {
        int in = UNSHUFFLED;
        for (int stage = 0; stage < stages(); stage++) {
            shapes.put(name + ".conv" + stage + ".weight", new Shape(channels(stage), in, 3, 3));
            shapes.put(name + ".conv" + stage + ".bias", new Shape(channels(stage)));
            in = channels(stage);
        }
        shapes.put(name + ".end.weight", new Shape(FEATURES, (long) in * SMALLEST * SMALLEST));
        shapes.put(name + ".end.bias", new Shape(FEATURES));
    }

    /** Initial values that follow from the seed alone, whatever else has drawn random numbers. */
    static Weights initialise(NDManager manager, Map<String, Shape> shapes, long seed) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
            Shape shape = entry.getValue();
            float[] values = new float[(int) shape.size()];
            if (shape.dimension() > 1) {
                float[] normal = CounterNoise.normal(seed, number, values.length);
                double deviation = GAIN / Math.sqrt((double) shape.size() / shape.get(0));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (normal[i] * deviation);
                }
            }
            arrays.put(entry.getKey(), manager.create(values, shape));
            number++;
        }
        return new Weights(arrays);
    }

    /** (n, 3, side, side) in [-1, 1] to (n, 64). */
    NDArray features(Weights weights, String name, NDArray images) {
        NDArray hidden = Layers.pixelUnshuffle(images);
        for (int stage = 0; stage < stages(); stage++) {
            String conv = name + ".conv" + stage;
            hidden = Layers.leakyRelu(Layers.conv(hidden, weights.get(conv + ".weight"), weights.get(conv + ".bias")));
            if (stage + 1 < stages()) {
                hidden = Layers.halve(hidden);
            }
        }
        return Layers.linear(
                hidden.reshape(hidden.getShape().get(0), -1),
                weights.get(name + ".end.weight"),
                weights.get(name + ".end.bias"));
    }

    /** (n, 64) to (n, classes). */
    static NDArray logits(Weights weights, NDArray features) {
        return Layers.linear(Layers.leakyRelu(features), weights.get("classes.weight"), weights.get("classes.bias"));
    }

    /** Where the dual encoder puts images: (n, 64), L2-normalised. */
    NDArray imageVectors(Weights weights, NDArray images) {
        return normalised(features(weights, IMAGE_TOWER, images));
    }

    /** Where the dual encoder puts sentences, (n, text) of norm sqrt(text): (n, 64), L2-normalised. */
    static NDArray textVectors(Weights weights, NDArray sentences) {
        NDArray hidden = Layers.leakyRelu(
                Layers.linear(sentences, weights.get("text.hidden.weight"), weights.get("text.hidden.bias")));
        return normalised(Layers.linear(hidden, weights.get("text.out.weight"), weights.get("text.out.bias")));
    }

    private static NDArray normalised(NDArray vectors) {
        return vectors.div(
                vectors.square().sum(new int[] {1}, true).add((float) EPSILON).sqrt());
    }
}
