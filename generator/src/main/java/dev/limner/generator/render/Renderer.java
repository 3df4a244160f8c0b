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
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.protocol.RefusalCode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A generator with its weights on a device. Owns its native memory until {@link #close()}; generating is safe from any
 * thread, since the weights are only read.
 */
public final class Renderer implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final NDManager manager;
    private final Generator generator;
    private final Computation computation;

    /** A generator with its weights. */
    private interface Computation {
        NDArray generate(GeneratorInputs inputs);

        /** Gives back what does not belong to the renderer's manager. */
        default void close() {}
    }

    /** A program has native memory of its own, and is asked by one thread at a time. */
    private record ProgramComputation(ProgramGenerator.Program program) implements Computation {
        @Override
        public NDArray generate(GeneratorInputs inputs) {
            synchronized (program) {
                return program.generate(inputs);
            }
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private Renderer(NDManager manager, Generator generator, Computation computation) {
        this.manager = manager;
        this.generator = generator;
        this.computation = computation;
    }

    /**
     * Loads a bundle of weights onto a device.
     *
     * @throws BundleException if the tensors are not those of the architecture, or it holds a program
     */
    public static Renderer load(ModelBundle bundle, Device device) {
        return switch (bundle.manifest().generator()) {
            case TrainableGenerator trainable -> of(trainable, bundle.weights(), device);
            case ProgramGenerator program ->
                throw new BundleException(
                        RefusalCode.PROGRAM_NOT_ALLOWED,
                        bundle.folder()
                                + " holds a program, which nothing runs but its import and workers that allow it");
        };
    }

    /**
     * Loads a bundle onto a device, a program as well: for those who know that it may run.
     *
     * @throws BundleException if the tensors are not those of the architecture
     */
    public static Renderer loadAllowed(ModelBundle bundle, Device device) {
        return bundle.manifest().generator() instanceof ProgramGenerator program
                ? ofProgram(program, bundle.weightsFile(), device)
                : load(bundle, device);
    }

    /**
     * Loads weights that are in no bundle yet. The convolutions it takes are tested before.
     *
     * @throws BundleException if the tensors are not those of the architecture
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if this machine computes them wrong
     */
    public static Renderer of(TrainableGenerator generator, Map<String, Safetensors.Tensor> weights, Device device) {
        ConvolutionSupport.on(device).require(generator.convolutions(ReferenceBatch.on(device)), false);
        return opened(device, manager -> {
            Weights loaded = load(manager, generator.parameters().shapes(), weights);
            return new Renderer(manager, generator, inputs -> generator.generate(loaded, inputs));
        });
    }

    static Renderer ofProgram(ProgramGenerator generator, Path file, Device device) {
        return opened(
                device,
                manager -> new Renderer(manager, generator, new ProgramComputation(generator.load(manager, file))));
    }

    private static Renderer opened(Device device, Function<NDManager, Renderer> opening) {
        NDManager manager = NDManager.newBaseManager(device, ENGINE);
        try {
            return opening.apply(manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Generates with arrays that somebody else owns and may continue changing: the trainer's average. Closing the renderer
     * leaves them alone.
     */
    public static Renderer over(NDManager parent, TrainableGenerator generator, Weights weights) {
        return new Renderer(parent.newSubManager(), generator, inputs -> generator.generate(weights, inputs));
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

    public Generator generator() {
        return generator;
    }

    /**
     * Generates a batch.
     *
     * @param requests what to generate, at most {@code batchSize}
     * @param batchSize how many images the device computes; the rest is padding, computed and thrown away, so that
     *     an image's bytes do not depend on how many others are generated with it
     * @return one image per request, in order
     * @throws IllegalStateException if the generator makes something else than it declares, or what is no finite number
     */
    public List<Pixels> render(List<RenderRequest> requests, int batchSize) {
        if (requests.isEmpty() || requests.size() > batchSize) {
            throw new IllegalArgumentException(requests.size() + " requests do not fit a batch of " + batchSize);
        }
        try (NDManager batch = manager.newSubManager()) {
            NDArray generated = computation.generate(RequestInputs.of(generator.inputs(), requests, batchSize, batch));
            int side = generator.output().side();
            int channels = generator.output().channels();
            Shape declared = new Shape(batchSize, channels, side, side);
            if (!generated.getShape().equals(declared)) {
                throw new IllegalStateException(
                        "the generator made " + generated.getShape() + ", it declares " + declared);
            }
            requireNumbers(generated);
            byte[] bytes = toBytes(generated);
            int stride = channels * side * side;
            List<Pixels> images = new ArrayList<>(requests.size());
            for (int i = 0; i < requests.size(); i++) {
                images.add(new Pixels(side, side, rgb(bytes, i * stride, channels, side * side)));
            }
            return images;
        }
    }

    private static byte[] rgb(byte[] bytes, int from, int channels, int area) {
        byte[] rgb = new byte[3 * area];
        if (channels == 3) {
            System.arraycopy(bytes, from, rgb, 0, rgb.length);
        } else {
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = bytes[from + i / 3];
            }
        }
        return rgb;
    }

    /** NaN would become some byte or other. One that is not finite shows in the sum. */
    private static void requireNumbers(NDArray images) {
        float sum = images.sum().getFloat();
        if (!Float.isFinite(sum)) {
            throw new IllegalStateException("the generator made what is no finite number");
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

    @Override
    public void close() {
        computation.close();
        manager.close();
    }
}
