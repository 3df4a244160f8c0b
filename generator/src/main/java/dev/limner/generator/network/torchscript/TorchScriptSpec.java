package dev.limner.generator.network.torchscript;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.Ranges;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an exported generator is called: what each argument of its {@code forward} is, and what it returns.
 *
 * @param arguments in the order of {@code forward}'s parameters
 * @param labels names of the classes, in the order in which the generator knows them
 * @param controls numbers and choices a job may set
 * @param output what it returns
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TorchScriptSpec(
        List<Argument> arguments,
        @Nullable List<String> labels,
        @Nullable List<Control> controls,
        Output output) {

    /** What an argument may be. */
    public enum Kind {
        /** Standard normal numbers that follow from the job's seed. */
        @JsonProperty("noise")
        NOISE,
        /** The caption's sentence embedding. */
        @JsonProperty("sentence")
        SENTENCE,
        /** The class's place among the labels, int64. */
        @JsonProperty("label")
        LABEL,
        /** A one at the class's place and zeros elsewhere. */
        @JsonProperty("label-one-hot")
        LABEL_ONE_HOT,
        /** All controls, in order. */
        @JsonProperty("controls")
        CONTROLS
    }

    /**
     * An argument of {@code forward}.
     *
     * @param input what it is
     * @param shape of one image's part, without the batch; [64, 1, 1] for an argument of (n, 64, 1, 1). Needed for noise and
     *     sentence. For the others, left out: label is (n), label-one-hot (n, labels), controls (n, controls)
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Argument(Kind input, @Nullable List<Integer> shape) {
        private static final int MOST_DIMENSIONS = 4;
        private static final int LONGEST = 65_536;

        public Argument {
            Objects.requireNonNull(input, "architecture.spec.arguments: input is missing");
            boolean shaped = input == Kind.NOISE || input == Kind.SENTENCE;
            if (shaped != (shape != null)) {
                throw new IllegalArgumentException("architecture.spec.arguments: shape of " + name(input)
                        + (shaped ? " is missing" : " is " + shape + ", must be left out"));
            }
            if (shape != null) {
                shape = List.copyOf(shape);
                Ranges.between("architecture.spec.arguments: dimensions of a shape", shape.size(), 1, MOST_DIMENSIONS);
                for (int length : shape) {
                    Ranges.between("architecture.spec.arguments: shape", length, 1, LONGEST);
                }
                Ranges.between("architecture.spec.arguments: product of a shape", product(shape), 1, LONGEST);
            }
        }

        /** Numbers of one image's part; 0 where the spec as a whole decides. */
        int length() {
            return shape == null ? 0 : (int) product(shape);
        }

        private static long product(List<Integer> shape) {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        }
    }

    /**
     * What {@code forward} returns: (n, channels, side, side).
     *
     * @param side height and width in pixels
     * @param channels 3 for red, green and blue, 1 for grey
     * @param range the values of black and white: [-1, 1] after a tanh, [0, 1] after a sigmoid
     */
    public record Output(int side, int channels, List<Double> range) {
        public Output {
            range = range == null ? List.of(-1.0, 1.0) : List.copyOf(range);
            if (range.size() != 2
                    || !spreads(range.get(0).floatValue(), range.get(1).floatValue())) {
                throw new IllegalArgumentException("architecture.spec.output.range is " + range
                        + ", must be two finite numbers that rise, of 32 bits");
            }
        }
    }

    /** Whether what lies between can be told apart in the floats that a program returns. */
    private static boolean spreads(float black, float white) {
        float spread = white - black;
        return spread > 0 && Float.isFinite(spread) && Float.isFinite(2 / spread);
    }

    public TorchScriptSpec {
        arguments = List.copyOf(Objects.requireNonNull(arguments, "architecture.spec.arguments is missing"));
        labels = labels == null ? List.of() : List.copyOf(labels);
        controls = controls == null ? List.of() : List.copyOf(controls);
        Objects.requireNonNull(output, "architecture.spec.output is missing");
        Ranges.between("architecture.spec.arguments: their number", arguments.size(), 1, Kind.values().length);
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (Argument argument : arguments) {
            if (!kinds.add(argument.input())) {
                throw new IllegalArgumentException(
                        "architecture.spec.arguments has " + name(argument.input()) + " twice");
            }
        }
        requireBoth("labels", !labels.isEmpty(), kinds.contains(Kind.LABEL) || kinds.contains(Kind.LABEL_ONE_HOT));
        requireBoth("controls", !controls.isEmpty(), kinds.contains(Kind.CONTROLS));
    }

    ModelInputs inputs() {
        return new ModelInputs(length(Kind.NOISE), length(Kind.SENTENCE), labels, controls);
    }

    ModelOutput made() {
        return new ModelOutput(output.side(), output.channels(), 1);
    }

    private int length(Kind kind) {
        return arguments.stream()
                .filter(argument -> argument.input() == kind)
                .mapToInt(Argument::length)
                .findFirst()
                .orElse(0);
    }

    private static void requireBoth(String what, boolean named, boolean read) {
        if (named != read) {
            throw new IllegalArgumentException("architecture.spec." + what
                    + (named
                            ? " are named, and no argument reads them"
                            : " are read by an argument, and none is named"));
        }
    }

    /** As a spec writes it. */
    static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
