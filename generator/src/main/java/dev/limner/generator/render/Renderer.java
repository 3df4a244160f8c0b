package dev.limner.generator.render;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.GeneratorNetwork;
import dev.limner.generator.network.GeneratorSpec;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.NetworkInputs;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.protocol.RefusalCode;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A generator with its weights on a device. Owns its native memory until {@link #close()}; generating is safe from any
 * thread, since the weights are only read.
 */
public final class Renderer implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final NDManager manager;
    private final GeneratorNetwork network;
    private final Weights weights;

    private Renderer(NDManager manager, GeneratorNetwork network, Weights weights) {
        this.manager = manager;
        this.network = network;
        this.weights = weights;
    }

    /**
     * Loads a bundle onto a device.
     *
     * @throws BundleException if the tensors are not those of the architecture
     */
    public static Renderer load(ModelBundle bundle, Device device) {
        return of(bundle.manifest().generator(), bundle.weights(), device);
    }

    /**
     * Loads weights that are in no bundle yet. The convolutions it takes are tested before.
     *
     * @throws BundleException if the tensors are not those of the architecture
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if this machine computes them wrong
     */
    public static Renderer of(GeneratorSpec spec, Map<String, Safetensors.Tensor> weights, Device device) {
        ConvolutionSupport.on(device).require(spec.convolutions(ReferenceBatch.on(device)), false);
        NDManager manager = NDManager.newBaseManager(device, ENGINE);
        try {
            GeneratorNetwork network = new GeneratorNetwork(spec);
            return new Renderer(manager, network, load(manager, network.shapes(), weights));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Generates with arrays that somebody else owns and may continue changing: the trainer's average. Closing the renderer
     * leaves them alone.
     */
    public static Renderer over(NDManager parent, GeneratorNetwork network, Weights weights) {
        return new Renderer(parent.newSubManager(), network, weights);
    }

    private static Weights load(NDManager manager, Map<String, Shape> shapes, Map<String, Safetensors.Tensor> tensors) {
        if (!shapes.keySet().equals(tensors.keySet())) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    "the weights hold " + tensors.keySet() + ", the architecture needs " + shapes.keySet());
        }
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            Safetensors.Tensor tensor = Objects.requireNonNull(tensors.get(name), name);
            Shape stored =
                    new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
            if (!stored.equals(shape)) {
                throw new BundleException(
                        RefusalCode.WEIGHTS_INVALID,
                        "weight " + name + " has shape " + stored + ", must have " + shape);
            }
            float[] values = tensor.toArray();
            arrays.put(name, manager.create(FloatBuffer.wrap(values), shape, DataType.FLOAT32));
        });
        return new Weights(arrays);
    }

    public GeneratorSpec spec() {
        return network.spec();
    }

    /**
     * Generates a batch.
     *
     * @param requests what to generate, at most {@code batchSize}
     * @param batchSize how many images the device computes; the rest is padding, computed and thrown away, so that
     *     an image's bytes do not depend on how many others are generated with it
     * @return one image per request, in order
     */
    public List<Pixels> render(List<RenderRequest> requests, int batchSize) {
        if (requests.isEmpty() || requests.size() > batchSize) {
            throw new IllegalArgumentException(requests.size() + " requests do not fit a batch of " + batchSize);
        }
        GeneratorSpec spec = network.spec();
        try (NDManager batch = manager.newSubManager()) {
            NDArray noise = batch.create(noise(requests, batchSize), new Shape(batchSize, spec.latent()));
            NDArray sentence = batch.create(
                    NetworkInputs.sentences(
                            requests.stream().map(RenderRequest::embedding).toList(), spec.text(), batchSize),
                    new Shape(batchSize, spec.text()));
            byte[] bytes = toBytes(network.generate(weights, noise, sentence));
            int side = spec.side();
            int stride = 3 * side * side;
            List<Pixels> images = new ArrayList<>(requests.size());
            for (int i = 0; i < requests.size(); i++) {
                byte[] rgb = new byte[stride];
                System.arraycopy(bytes, i * stride, rgb, 0, stride);
                images.add(new Pixels(side, side, rgb));
            }
            return images;
        }
    }

    /** [-1, 1] to bytes in height x width x channel order. */
    private static byte[] toBytes(NDArray images) {
        return Layers.scale(images.transpose(0, 2, 3, 1).add(1), 127.5)
                .round()
                .clip(0, 255)
                .toType(DataType.UINT8, false)
                .toByteArray();
    }

    private float[] noise(List<RenderRequest> requests, int batchSize) {
        int length = network.spec().latent();
        float[] values = new float[batchSize * length];
        for (int i = 0; i < requests.size(); i++) {
            RenderRequest request = requests.get(i);
            float[] latent = CounterNoise.normal(request.seed(), request.index(), length);
            for (int j = 0; j < length; j++) {
                values[i * length + j] = (float) (latent[j] * request.truncation());
            }
        }
        return values;
    }

    @Override
    public void close() {
        manager.close();
    }
}
