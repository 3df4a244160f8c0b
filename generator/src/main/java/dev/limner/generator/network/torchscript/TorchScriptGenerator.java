package dev.limner.generator.network.torchscript;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.network.SpecJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * An exported generator, called as its spec says. The engine may compile a TorchScript program anew after it has seen some
 * inputs, and what it compiles then may add in another order; it is told not to, so that the first image of a worker and the
 * thousandth are the same to the byte.
 */
public final class TorchScriptGenerator implements ProgramGenerator {
    private static final String NAME = "generator";
    private static final String ENDING = ".pt";

    private final TorchScriptSpec shape;
    private final ModelInputs inputs;
    private final ModelOutput output;

    TorchScriptGenerator(TorchScriptSpec shape) {
        this.shape = shape;
        this.inputs = shape.inputs();
        this.output = shape.made();
    }

    @Override
    public String architecture() {
        return TorchScriptArchitecture.ID;
    }

    @Override
    public JsonNode spec() {
        return SpecJson.write(shape);
    }

    @Override
    public ModelInputs inputs() {
        return inputs;
    }

    @Override
    public ModelOutput output() {
        return output;
    }

    /** None: what a program computes only the program knows. */
    @Override
    public List<ConvolutionShape> convolutions(int batch) {
        return List.of();
    }

    @Override
    public String fileName() {
        return NAME + ENDING;
    }

    @Override
    public Program load(NDManager owner, Path file) {
        if (!file.toString().endsWith(ENDING)) {
            throw new IllegalArgumentException(file + " is no name of a TorchScript program, must end with " + ENDING);
        }
        Model model =
                Model.newInstance(NAME, owner.getDevice(), owner.getEngine().getEngineName());
        try {
            // The engine adds the ending, and looks for whatever it is told to.
            String name = String.valueOf(file.getFileName());
            model.load(file.toAbsolutePath().getParent(), name.substring(0, name.length() - ENDING.length()));
            return new Loaded(shape, model, new ParameterStore(owner, false));
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new IllegalArgumentException(
                    file + " is no TorchScript program that can be loaded: " + e.getMessage(), e);
        }
    }

    private record Loaded(TorchScriptSpec shape, Model model, ParameterStore store) implements Program {
        @Override
        public NDArray generate(GeneratorInputs inputs) {
            NDList arguments = new NDList();
            shape.arguments().forEach(argument -> arguments.add(argument(argument, inputs)));
            // Of this thread, and without it the third call may run another program than the first.
            JniUtils.setGraphExecutorOptimize(false);
            NDArray images = only(returned(arguments));
            if (!images.getDataType().isFloating()) {
                // The sums that follow would wrap around, and the images look like some.
                throw new IllegalStateException(
                        "the program returned numbers of type " + images.getDataType() + ", must return floats");
            }
            // What follows would be computed in as few bits as the program returned.
            return centred(images.toType(DataType.FLOAT32, false));
        }

        private NDList returned(NDList arguments) {
            try {
                return model.getBlock().forward(store, arguments, false);
            } catch (UnsupportedOperationException e) {
                throw new IllegalStateException("the program returned something else than an array of images", e);
            }
        }

        private static NDArray only(NDList returned) {
            if (returned.size() != 1) {
                throw new IllegalStateException(
                        "the program returned " + returned.size() + " arrays, must return one of images");
            }
            return returned.head();
        }

        private NDArray argument(TorchScriptSpec.Argument argument, GeneratorInputs inputs) {
            return switch (argument.input()) {
                case NOISE -> shaped(inputs.requireNoise(), argument);
                case SENTENCE -> shaped(inputs.requireSentence(), argument);
                case LABEL -> inputs.requireLabel();
                case LABEL_ONE_HOT ->
                    inputs.requireLabel().oneHot(shape.inputs().labels().size(), DataType.FLOAT32);
                case CONTROLS -> inputs.requireControls();
            };
        }

        private static NDArray shaped(NDArray rows, TorchScriptSpec.Argument argument) {
            List<Integer> each = Objects.requireNonNull(argument.shape());
            Shape one = new Shape(each.stream().mapToLong(Integer::longValue).toArray());
            return rows.reshape(new Shape(rows.getShape().get(0)).addAll(one));
        }

        /** To [-1, 1]; what is there already stays as it is, to the bit. */
        private NDArray centred(NDArray images) {
            double black = shape.output().range().get(0);
            double white = shape.output().range().get(1);
            if (black == -1 && white == 1) {
                return images;
            }
            return Layers.scale(images.sub((float) black), 2 / (white - black)).sub(1);
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
