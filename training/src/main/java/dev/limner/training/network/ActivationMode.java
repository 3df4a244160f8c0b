package dev.limner.training.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.limner.generator.network.Layers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands where the discriminator is not linear. The network is written once; the activation decides whether it
 * computes scores, scores while remembering the rectifiers' slopes, or the tangent along those slopes.
 */
public sealed interface ActivationMode permits ActivationMode.Plain, ActivationMode.Recording, ActivationMode.Tangent {
    NDArray apply(NDArray input);

    /** A layer's bias as this pass wants it: a tangent does not see constants. */
    default @Nullable NDArray bias(NDArray bias) {
        return bias;
    }

    /** The leaky rectifier. */
    record Plain() implements ActivationMode {
        @Override
        public NDArray apply(NDArray input) {
            return Layers.leakyRelu(input);
        }
    }

    /** The leaky rectifier; remembers its slope at each value, in the order of the network. */
    public record Recording(List<NDArray> slopes) implements ActivationMode {
        public Recording() {
            this(new ArrayList<>());
        }

        @Override
        public NDArray apply(NDArray input) {
            slopes.add(Layers.scale(input.gt(0).toType(DataType.FLOAT32, false), 1 - Layers.SLOPE)
                    .add(Layers.SLOPE));
            return Layers.leakyRelu(input);
        }
    }

    /** The derivative of the leaky rectifier at the recorded values, applied to a tangent. One pass only. */
    final class Tangent implements ActivationMode {
        private final List<NDArray> slopes;
        private int at;

        public Tangent(Recording recording) {
            this.slopes = List.copyOf(recording.slopes());
        }

        @Override
        public NDArray apply(NDArray input) {
            return input.mul(slopes.get(at++));
        }

        @Override
        public @Nullable NDArray bias(NDArray bias) {
            return null;
        }
    }
}
