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
 * top of it, and a dual encoder of images and captions. In version 1 the dual encoder has a trunk of its own; in version 2
 * both share the convolutions, which learn more from two tasks than from one and are computed once.
 *
 * @param version as in {@link ExtractorDescription#version()}
 * @param side height and width of the images
 * @param text length of a sentence embedding
 * @param classes number of classes
 */
record ExtractorNetworks(int version, int side, int text, int classes) {
    /** Length of a feature vector, and of the space the dual encoder meets in. */
    static final int FEATURES = 64;

    static final String CLASSIFIER = "classifier";
    static final String IMAGE_TOWER = "picture";
    static final String RANDOM = "random";

    private static final String SHARED = "trunk";
    private static final int UNSHUFFLED = 12;
    private static final int SMALLEST = 4;
    private static final int HIDDEN = 128;
    private static final int FIRST_CHANNELS = 32;
    private static final int MORE_CHANNELS = 32;
    private static final int WIDEST = 192;
    private static final float GAIN = 1.4f;
    private static final double EPSILON = 1e-6;

    private int stages() {
        return Integer.numberOfTrailingZeros(side / 2 / SMALLEST) + 1;
    }

    private boolean shares() {
        return version > 1;
    }

    private static int plainChannels(int stage) {
        return FIRST_CHANNELS + stage * MORE_CHANNELS;
    }

    /** Whether a stage of the shared trunk has a second convolution: where there are few pixels, and it costs little. */
    private static boolean isDeep(int stage) {
        return stage > 1;
    }

    private static int sharedChannels(int stage) {
        return Math.min(WIDEST, FIRST_CHANNELS << stage);
    }

    /** The convolutions that the trunks take. */
    List<ConvolutionShape> convolutions(int batch) {
        List<ConvolutionShape> shapes = new ArrayList<>();
        int in = UNSHUFFLED;
        int shared = UNSHUFFLED;
        for (int stage = 0; stage < stages(); stage++) {
            int at = (side / 2) >> stage;
            shapes.add(ConvolutionShape.keeping(batch, in, plainChannels(stage), 3, at));
            in = plainChannels(stage);
            if (shares()) {
                int out = sharedChannels(stage);
                shapes.add(ConvolutionShape.keeping(batch, shared, out, 3, at));
                if (isDeep(stage)) {
                    shapes.add(ConvolutionShape.keeping(batch, out, out, 3, at));
                }
                shared = out;
            }
        }
        return shapes.stream().distinct().toList();
    }

    /** Names and shapes of everything that is trained. */
    Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        if (shares()) {
            sharedTrunk(shapes);
            sharedEnd(shapes, CLASSIFIER);
        } else {
            plainTrunk(shapes, CLASSIFIER);
        }
        shapes.put("classes.weight", new Shape(classes, FEATURES));
        shapes.put("classes.bias", new Shape(classes));
        if (shares()) {
            sharedEnd(shapes, IMAGE_TOWER);
        } else {
            plainTrunk(shapes, IMAGE_TOWER);
        }
        shapes.put("text.hidden.weight", new Shape(HIDDEN, text));
        shapes.put("text.hidden.bias", new Shape(HIDDEN));
        shapes.put("text.out.weight", new Shape(FEATURES, HIDDEN));
        shapes.put("text.out.bias", new Shape(FEATURES));
        return shapes;
    }

    /** Names and shapes of the trunk that stays as it was born. */
    Map<String, Shape> randomShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        plainTrunk(shapes, RANDOM);
        return shapes;
    }

    private void plainTrunk(Map<String, Shape> shapes, String name) {
        int in = UNSHUFFLED;
        for (int stage = 0; stage < stages(); stage++) {
            shapes.put(name + ".conv" + stage + ".weight", new Shape(plainChannels(stage), in, 3, 3));
            shapes.put(name + ".conv" + stage + ".bias", new Shape(plainChannels(stage)));
            in = plainChannels(stage);
        }
        shapes.put(name + ".end.weight", new Shape(FEATURES, (long) in * SMALLEST * SMALLEST));
        shapes.put(name + ".end.bias", new Shape(FEATURES));
    }

    private void sharedTrunk(Map<String, Shape> shapes) {
        int in = UNSHUFFLED;
        for (int stage = 0; stage < stages(); stage++) {
            int out = sharedChannels(stage);
            shapes.put(SHARED + ".conv" + stage + ".weight", new Shape(out, in, 3, 3));
            shapes.put(SHARED + ".conv" + stage + ".bias", new Shape(out));
            if (isDeep(stage)) {
                shapes.put(SHARED + ".more" + stage + ".weight", new Shape(out, out, 3, 3));
                shapes.put(SHARED + ".more" + stage + ".bias", new Shape(out));
            }
            in = out;
        }
    }

    private void sharedEnd(Map<String, Shape> shapes, String name) {
        shapes.put(name + ".end.weight", new Shape(FEATURES, flat()));
        shapes.put(name + ".end.bias", new Shape(FEATURES));
    }

    /** How many numbers the shared trunk ends in. */
    int flat() {
        return sharedChannels(stages() - 1) * SMALLEST * SMALLEST;
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
        return shares() && !name.equals(RANDOM)
                ? end(weights, name, trunk(weights, images))
                : end(weights, name, plain(weights, name, images));
    }

    private NDArray plain(Weights weights, String name, NDArray images) {
        NDArray hidden = Layers.pixelUnshuffle(images);
        for (int stage = 0; stage < stages(); stage++) {
            hidden = Layers.leakyRelu(conv(weights, name + ".conv" + stage, hidden));
            if (stage + 1 < stages()) {
                hidden = Layers.halve(hidden);
            }
        }
        return hidden.reshape(hidden.getShape().get(0), -1);
    }

    /** (n, 3, side, side) in [-1, 1] to (n, {@link #flat()}): what classifier and dual encoder share. */
    NDArray trunk(Weights weights, NDArray images) {
        NDArray hidden = Layers.pixelUnshuffle(images);
        for (int stage = 0; stage < stages(); stage++) {
            hidden = Layers.leakyRelu(conv(weights, SHARED + ".conv" + stage, hidden));
            if (isDeep(stage)) {
                hidden = hidden.add(Layers.leakyRelu(conv(weights, SHARED + ".more" + stage, hidden)));
            }
            if (stage + 1 < stages()) {
                hidden = Layers.halve(hidden);
            }
        }
        return hidden.reshape(hidden.getShape().get(0), -1);
    }

    private static NDArray conv(Weights weights, String name, NDArray input) {
        return Layers.conv(input, weights.get(name + ".weight"), weights.get(name + ".bias"));
    }

    /** The last layer of a trunk. */
    static NDArray end(Weights weights, String name, NDArray hidden) {
        return Layers.linear(hidden, weights.get(name + ".end.weight"), weights.get(name + ".end.bias"));
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

    static NDArray normalised(NDArray vectors) {
        return vectors.div(
                vectors.square().sum(new int[] {1}, true).add((float) EPSILON).sqrt());
    }
}
