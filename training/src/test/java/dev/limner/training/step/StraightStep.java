package dev.limner.training.step;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.augment.Cutout;
import dev.limner.training.augment.Translation;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.Critic;
import dev.limner.training.network.TangentCritic;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.tensor.StepRandom;
import dev.limner.training.tensor.TensorFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The default recipe's step as one piece, in the order that trainings had before it was composed of parts, with the figures of a
 * recipe's short form. What the composition must repeat to the byte, on whatever machine the test runs.
 */
final class StraightStep implements AutoCloseable {
    private final Recipe recipe;
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final TrainableGenerator network;
    private final Critic critic;
    private final TangentCritic tangent;
    private final List<GeneratorTerm> terms;
    private final Map<String, Weights> groups = new LinkedHashMap<>();
    private final Weights generator;
    private final Weights discriminator;

    StraightStep(Recipe recipe, TrainingSetup setup) {
        this.recipe = recipe;
        this.terms = setup.terms();
        this.critic = recipe.critic();
        this.tangent = critic.tangent().orElseThrow();
        this.network = recipe.generator();
        Engine.getEngine("PyTorch").setRandomSeed((int) recipe.seed());
        this.generator = network.parameters().initialise(manager);
        this.discriminator = critic.parameters().initialise(manager);
        if (!setup.generator().isEmpty()) {
            TensorFiles.assign(generator, setup.generator(), "");
            TensorFiles.assign(discriminator, setup.discriminator(), "");
        }
        Weights movingGenerator = only(generator, setup.generatorMoves());
        Weights movingDiscriminator = only(discriminator, setup.discriminatorMoves());
        groups.put("generator", generator);
        groups.put("discriminator", discriminator);
        groups.put("average", copies(generator, 1));
        groups.put("generatorAdam1", copies(movingGenerator, 0));
        groups.put("generatorAdam2", copies(movingGenerator, 0));
        groups.put("discriminatorAdam1", copies(movingDiscriminator, 0));
        groups.put("discriminatorAdam2", copies(movingDiscriminator, 0));
        movingGenerator.arrays().values().forEach(array -> array.setRequiresGradient(true));
        movingDiscriminator.arrays().values().forEach(array -> array.setRequiresGradient(true));
    }

    private static Weights only(Weights weights, Predicate<String> moves) {
        Map<String, NDArray> arrays = new LinkedHashMap<>(weights.arrays());
        arrays.keySet().removeIf(moves.negate());
        return new Weights(arrays);
    }

    private static Weights copies(Weights weights, int factor) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> {
            NDArray copy = array.duplicate();
            copy.setRequiresGradient(false);
            arrays.put(name, factor == 0 ? copy.subi(copy) : copy);
        });
        return new Weights(arrays);
    }

    private double figure(String pointer) {
        return recipe.asData().at(pointer).asDouble();
    }

    void step(long step, List<TrainingBatch> batches) {
        try (NDManager temporary = manager.newSubManager()) {
            float share = 1f / batches.size();
            List<NDArray[]> dealt = new ArrayList<>();
            List<SplittableRandom> randoms = new ArrayList<>();
            for (int i = 0; i < batches.size(); i++) {
                TrainingBatch batch = batches.get(i);
                SplittableRandom random =
                        StepRandom.of(recipe.seed(), step * batches.size() + i, StepRandom.Use.AUGMENTATION);
                int side = recipe.generator().output().side();
                Shape texts =
                        new Shape(batch.size(), recipe.generator().inputs().sentence());
                NDArray images = temporary.create(batch.images(), new Shape(batch.size(), 3, side, side));
                dealt.add(new NDArray[] {
                    images,
                    seen(images, random),
                    temporary.create(batch.sentences(), texts),
                    temporary.create(batch.mismatched(), texts),
                    temporary.create(batch.own())
                });
                randoms.add(random);
            }
            for (int i = 0; i < batches.size(); i++) {
                long number = step * batches.size() + i;
                NDArray[] batch = dealt.get(i);
                NDArray drawn = network.generate(
                        generator.frozen(temporary), GeneratorInputs.of(noise(temporary, number, 0), batch[2]));
                NDArray generated = seen(drawn, randoms.get(i));
                discriminate(batch, generated, share);
                int every = (int) figure("/objective/penaltyEvery");
                float weight = (float) figure("/objective/gamma") * every * share;
                if (weight > 0 && step % every == 0) {
                    penalise(temporary, batch[1], batch[2], weight);
                }
                if (weight > 0 && step % every == every / 2) {
                    penalise(temporary, generated, batch[2], weight);
                }
            }
            adam(temporary, "discriminator", step);
            for (int i = 0; i < batches.size(); i++) {
                generate(temporary, step, step * batches.size() + i, dealt.get(i), randoms.get(i), share);
            }
            adam(temporary, "generator", step);
            float keep = (float) Math.min(figure("/optimizer/averageDecay"), (1.0 + step) / (10.0 + step));
            group("generatorAdam1").arrays().keySet().forEach(name -> {
                NDArray alias = alias(temporary, generator.get(name));
                group("average").get(name).muli(keep).addi(Layers.scale(alias, 1 - keep));
            });
        }
    }

    private void discriminate(NDArray[] batch, NDArray generated, float share) {
        long size = batch[1].getShape().get(0);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Critic.Impression both = critic.look(discriminator, batch[1].concat(generated, 0));
            NDArray real = both.part(0, size).score(batch[2]);
            NDArray fake = both.part(size, 2 * size).score(batch[2]);
            NDArray mismatched = both.part(0, size).score(batch[3]);
            NDArray pairing = Activation.softPlus(fake.sub(real));
            NDArray matching =
                    Layers.scale(Activation.softPlus(mismatched.sub(real)), (float) figure("/objective/mismatch"));
            collector.backward(Layers.scale(pairing.add(matching).mean(), share));
        }
    }

    private void penalise(NDManager temporary, NDArray images, NDArray sentence, float weight) {
        NDArray leaf = images.duplicate();
        leaf.attach(temporary);
        leaf.setRequiresGradient(true);
        ActivationMode.Recording recording = new ActivationMode.Recording();
        NDArray gradient;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(tangent.score(discriminator.frozen(temporary), leaf, sentence, recording)
                    .sum());
            gradient = leaf.getGradient();
            gradient.attach(temporary);
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray squares = tangent.score(
                    discriminator, gradient.stopGradient(), sentence, new ActivationMode.Tangent(recording));
            collector.backward(Layers.scale(squares.mean(), weight));
        }
    }

    private void generate(
            NDManager temporary, long step, long number, NDArray[] batch, SplittableRandom random, float share) {
        Weights frozen = discriminator.frozen(temporary);
        NDArray real = critic.score(frozen, batch[1], batch[2]);
        float weight = (float) figure("/objective/reconstruction");
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray noise = noise(temporary, number, 1);
            NDArray generated = network.generate(generator, GeneratorInputs.of(noise, batch[2]));
            NDArray fake = critic.score(frozen, seen(generated, random), batch[2]);
            NDArray total = Activation.softPlus(real.sub(fake)).mean();
            if (weight > 0) {
                NDArray difference = generated.sub(batch[0]);
                NDArray sum = difference.abs().mean();
                int sizes = 1;
                for (; difference.getShape().get(2) > 8; sizes++) {
                    difference = Layers.halve(difference);
                    sum = sum.add(difference.abs().mean());
                }
                total = total.add(Layers.scale(Layers.scale(sum, 1.0 / sizes), weight));
            }
            for (GeneratorTerm term : terms) {
                total = total.add(term.loss(new GeneratorTerm.Generation(
                        temporary,
                        step,
                        number,
                        network,
                        generator,
                        noise,
                        batch[2],
                        batch[4],
                        batch[0],
                        generated,
                        (images, captions) -> {
                            throw new AssertionError("no term of this step has an adversary");
                        })));
            }
            collector.backward(Layers.scale(total, share));
        }
    }

    private void adam(NDManager temporary, String player, long step) {
        float beta1 = (float) figure("/optimizer/beta1");
        float beta2 = (float) figure("/optimizer/beta2");
        float correction1 = (float) (1 - Math.pow(figure("/optimizer/beta1"), step + 1.0));
        float correction2 = (float) (1 - Math.pow(figure("/optimizer/beta2"), step + 1.0));
        double last = figure("/optimizer/finalLearningRate");
        double done = Math.min(1, step / figure("/optimizer/decaySteps"));
        double now = last + (figure("/optimizer/learningRate") - last) * (1 + Math.cos(Math.PI * done)) / 2;
        float rate = (float) (now / correction1);
        group(player + "Adam1").arrays().forEach((name, first) -> {
            NDArray weight = group(player).get(name);
            NDArray second = group(player + "Adam2").get(name);
            NDArray gradient = weight.getGradient();
            gradient.attach(temporary);
            first.muli(beta1).addi(Layers.scale(gradient, 1 - beta1));
            second.muli(beta2).addi(gradient.square().muli(1 - beta2));
            NDArray scale =
                    gradient.zerosLike().addi(second).divi(correction2).sqrt().addi(1e-8f);
            alias(temporary, weight)
                    .subi(gradient.zerosLike().addi(first).muli(rate).divi(scale));
            gradient.subi(gradient);
        });
    }

    private static NDArray alias(NDManager temporary, NDArray array) {
        NDArray alias = array.stopGradient();
        alias.attach(temporary);
        return alias;
    }

    private NDArray seen(NDArray images, SplittableRandom random) {
        NDArray shifted = shifted(images, figure("/augmentation/translation"), random);
        return new Cutout(figure("/augmentation/cutout")).apply(shifted, random);
    }

    /** What {@link Translation} did image by image. */
    static NDArray shifted(NDArray images, double share, RandomGenerator random) {
        int side = (int) images.getShape().get(3);
        int furthest = (int) Math.round(side * share);
        if (furthest == 0) {
            return images;
        }
        NDArray padded = images.pad(new Shape(furthest, furthest, furthest, furthest), 1.0);
        NDList shifted = new NDList();
        for (int i = 0; i < images.getShape().get(0); i++) {
            int top = random.nextInt(2 * furthest + 1);
            int left = random.nextInt(2 * furthest + 1);
            shifted.add(padded.get("{}:{}, :, {}:{}, {}:{}", i, i + 1, top, top + side, left, left + side));
        }
        return NDArrays.concat(shifted, 0);
    }

    private NDArray noise(NDManager temporary, long number, long half) {
        int latent = recipe.generator().inputs().noise();
        long seed = StepRandom.seedOf(recipe.seed(), number, StepRandom.Use.NOISE);
        float[] values = CounterNoise.normal(seed, half, recipe.batch() * latent);
        return temporary.create(values, new Shape(recipe.batch(), latent));
    }

    private Weights group(String name) {
        return Objects.requireNonNull(groups.get(name), name);
    }

    Map<String, Safetensors.Tensor> arrays() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        groups.forEach((group, weights) ->
                weights.arrays().forEach((name, array) -> tensors.put(group + "/" + name, TensorFiles.of(array))));
        return tensors;
    }

    void restore(Map<String, Safetensors.Tensor> tensors) {
        groups.forEach((group, weights) -> TensorFiles.assign(weights, tensors, group + "/"));
    }

    @Override
    public void close() {
        manager.close();
    }
}
