package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.limner.generator.arithmetic.ConvolutionShape;
import java.util.List;

/** All it takes to add an architecture: this file, and a line in META-INF/services. A grey square as bright as z and a label. */
public final class ToyArchitecture implements Architecture {
    @Override
    public String id() {
        return "toy";
    }

    @Override
    public TrainableGenerator generator(JsonNode spec) {
        return new Toy(spec.path("side").asInt());
    }

    private record Toy(int side) implements TrainableGenerator {
        @Override
        public String architecture() {
            return "toy";
        }

        @Override
        public JsonNode spec() {
            return JsonNodeFactory.instance.objectNode().put("side", side);
        }

        @Override
        public ModelInputs inputs() {
            return new ModelInputs(2, 0, List.of("dark", "bright"), List.of());
        }

        @Override
        public ModelOutput output() {
            return new ModelOutput(side, 1, 1);
        }

        @Override
        public List<ConvolutionShape> convolutions(int batch) {
            return List.of();
        }

        @Override
        public Parameters parameters() {
            return Parameters.builder()
                    .group(WeightGroup.CONDITIONING)
                    .linear("z", 2, 1, 1f)
                    .weight("label", new Shape(2), 1, 1f)
                    .build();
        }

        @Override
        public NDArray generate(Weights weights, GeneratorInputs inputs) {
            NDArray level = Layers.linear(inputs.requireNoise(), weights.get("z.weight"), weights.get("z.bias"))
                    .add(weights.get("label").gather(inputs.requireLabel(), 0).reshape(-1, 1));
            return level.tanh().reshape(-1, 1, 1, 1).broadcast(level.getShape().get(0), 1, side, side);
        }
    }
}
