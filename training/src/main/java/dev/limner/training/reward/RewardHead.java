package dev.limner.training.reward;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.optimizer.Adam;
import dev.limner.training.optimizer.CosineSchedule;
import dev.limner.training.optimizer.Optimizer;
import dev.limner.training.optimizer.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One small network from what the reward sees to how much it is liked. Marks are learned with a bias of the rater's own,
 * since some like everything; pairs as Bradley and Terry (1952) have it: the better one should be above.
 */
final class RewardHead {
    private static final int HIDDEN = 64;
    private static final int STEPS = 300;
    private static final float SHRINK = 3e-3f;
    private static final double RATE = 3e-3;

    private final Weights weights;

    private RewardHead(Weights weights) {
        this.weights = weights;
    }

    /**
     * Learns from a resample of the rated examples, so that heads differ where those leave room.
     *
     * @param manager owner of what is learned
     */
    static RewardHead train(NDManager manager, PreferenceData lessons, int inputs, long seed) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("hidden.weight", initial(manager, new Shape(HIDDEN, inputs), seed, 0));
        arrays.put("hidden.bias", manager.zeros(new Shape(HIDDEN)));
        arrays.put("out.weight", initial(manager, new Shape(1, HIDDEN), seed, 1));
        arrays.put("rater", manager.zeros(new Shape(1, Math.max(1, lessons.raters()))));
        Weights weights = new Weights(arrays);
        weights.arrays().values().forEach(array -> array.setRequiresGradient(true));
        RewardHead head = new RewardHead(weights);
        Schedule schedule = new CosineSchedule(RATE, RATE / 10, STEPS);
        Optimizer adam = new Optimizer(manager, new Adam(0.9, 0.999), weights);
        try (NDManager material = manager.newSubManager()) {
            Sample sample = Sample.of(material, lessons, inputs, new SplittableRandom(seed));
            for (int step = 0; step < STEPS; step++) {
                try (NDManager temporary = material.newSubManager()) {
                    head.learn(temporary, sample.on(temporary));
                    adam.step(temporary, step + 1L, schedule.rateAt(step));
                }
            }
        }
        weights.arrays().values().forEach(array -> array.setRequiresGradient(false));
        return head;
    }

    private static NDArray initial(NDManager manager, Shape shape, long seed, long index) {
        float[] values = CounterNoise.normal(seed, index, (int) shape.size());
        float scale = (float) (1 / Math.sqrt((double) shape.get(1)));
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return manager.create(values, shape);
    }

    /** A resample on the device; empty parts are null. */
    private record Sample(
            int marks, NDArray inputs, NDArray liked, NDArray raters, int pairs, NDArray better, NDArray worse) {
        static Sample of(NDManager manager, PreferenceData lessons, int inputs, SplittableRandom random) {
            List<PreferenceData.RatedExample> marks = again(lessons.marks(), random);
            List<PreferenceData.Pair> pairs = again(lessons.pairs(), random);
            int raters = Math.max(1, lessons.raters());
            float[] oneHot = new float[Math.max(1, marks.size()) * raters];
            float[] liked = new float[Math.max(1, marks.size())];
            for (int i = 0; i < marks.size(); i++) {
                oneHot[i * raters + marks.get(i).rater()] = 1;
                liked[i] = (float) marks.get(i).liked();
            }
            return new Sample(
                    marks.size(),
                    rows(
                            manager,
                            marks.stream()
                                    .map(PreferenceData.RatedExample::input)
                                    .toList(),
                            inputs),
                    manager.create(liked),
                    manager.create(oneHot, new Shape(Math.max(1, marks.size()), raters)),
                    pairs.size(),
                    rows(
                            manager,
                            pairs.stream().map(PreferenceData.Pair::better).toList(),
                            inputs),
                    rows(manager, pairs.stream().map(PreferenceData.Pair::worse).toList(), inputs));
        }

        /** The same arrays as aliases of a step's own: what is computed from them goes with the step. */
        Sample on(NDManager temporary) {
            UnaryOperator<NDArray> alias = array -> {
                NDArray same = array.stopGradient();
                same.attach(temporary);
                return same;
            };
            return new Sample(
                    marks,
                    alias.apply(inputs),
                    alias.apply(liked),
                    alias.apply(raters),
                    pairs,
                    alias.apply(better),
                    alias.apply(worse));
        }

        private static <T> List<T> again(List<T> all, SplittableRandom random) {
            return IntStream.range(0, all.size())
                    .mapToObj(i -> all.get(random.nextInt(all.size())))
                    .toList();
        }
    }

    /** (n, inputs); one row of zeros for none. */
    static NDArray rows(NDManager manager, List<float[]> rows, int inputs) {
        float[] values = new float[Math.max(1, rows.size()) * inputs];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, values, i * inputs, inputs);
        }
        return manager.create(values, new Shape(Math.max(1, rows.size()), inputs));
    }

    private void learn(NDManager temporary, Sample sample) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            List<NDArray> losses = new ArrayList<>();
            float all = sample.marks + sample.pairs;
            if (sample.marks > 0) {
                NDArray logits = of(sample.inputs)
                        .add(Layers.linear(sample.raters, weights.get("rater"), null)
                                .reshape(-1));
                // Cross entropy of a probability that is given as a logit.
                NDArray loss = Activation.softPlus(logits).sub(logits.mul(sample.liked));
                losses.add(Layers.scale(loss.mean(), sample.marks / all));
            }
            if (sample.pairs > 0) {
                NDArray ahead = of(sample.better).sub(of(sample.worse));
                losses.add(Layers.scale(Activation.softPlus(ahead.neg()).mean(), sample.pairs / all));
            }
            weights.arrays().values().forEach(array -> {
                NDArray moved = temporary.zeros(array.getShape()).sub(array);
                losses.add(Layers.scale(moved.square().sum(), SHRINK));
            });
            collector.backward(losses.stream().reduce(NDArray::add).orElseThrow());
        }
    }

    /** (n, inputs) to (n); a gradient passes through. */
    NDArray of(NDArray inputs) {
        NDArray hidden =
                Layers.leakyRelu(Layers.linear(inputs, weights.get("hidden.weight"), weights.get("hidden.bias")));
        return Layers.linear(hidden, weights.get("out.weight"), null).reshape(-1);
    }
}
