package dev.limner.trainer.tune;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorNetwork;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.Renderer;
import dev.limner.trainer.recipe.Recipe;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Both networks, their optimisers and the average, and the step that moves them. Everything random in a step follows
 * from the recipe's seed and the step's number, so a training resumed from {@link #arrays()} goes on as if it had never
 * stopped. Owns its native memory; one thread.
 */
public final class Training implements AutoCloseable {
    private static final long FIRST_NOISE = 0;
    private static final long SECOND_NOISE = 1;

    private final Recipe recipe;
    private final NDManager manager;
    private final GeneratorNetwork generator;
    private final DiscriminatorNetwork discriminator;
    private final Weights generatorWeights;
    private final Weights discriminatorWeights;
    private final Adam generatorAdam;
    private final Adam discriminatorAdam;
    private final MovingAverage average;
    private final GradientPenalty penalty;
    private final Augmenter augmenter;

    public Training(Recipe recipe, Device device) {
        this.recipe = recipe;
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed((int) recipe.seed());
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        this.generator = new GeneratorNetwork(recipe.generator());
        this.discriminator = new DiscriminatorNetwork(recipe.discriminator(), recipe.generator());
        this.generatorWeights = generator.initialise(manager);
        this.discriminatorWeights = discriminator.initialise(manager);
        this.average =
                new MovingAverage(manager, generatorWeights, recipe.optimizer().averageDecay());
        this.generatorAdam = new Adam(manager, recipe.optimizer(), generatorWeights);
        this.discriminatorAdam = new Adam(manager, recipe.optimizer(), discriminatorWeights);
        this.penalty = new GradientPenalty(discriminator);
        this.augmenter = new Augmenter(recipe.augmentation());
        generatorWeights.arrays().values().forEach(array -> array.setRequiresGradient(true));
        discriminatorWeights.arrays().values().forEach(array -> array.setRequiresGradient(true));
    }

    /**
     * One update of each network.
     *
     * @param step number of this step, from 0
     */
    public StepReport step(long step, Batch batch) {
        try (NDManager temporary = manager.newSubManager()) {
            SplittableRandom random = StepRandom.of(recipe.seed(), step, StepRandom.Use.AUGMENTATION);
            int side = recipe.generator().side();
            NDArray pictures = temporary.create(batch.pictures(), new Shape(batch.size(), 3, side, side));
            NDArray sentence = temporary.create(
                    batch.sentences(),
                    new Shape(batch.size(), recipe.generator().text()));
            NDArray real = augmenter.apply(pictures, random);
            DiscriminatorOutcome outcome = discriminatorStep(temporary, step, batch, real, sentence, random);
            float generatorLoss = generatorStep(temporary, step, batch.size(), real, sentence, random);
            average.update(temporary, step);
            return new StepReport(step, outcome.loss, generatorLoss, outcome.realAboveDrawn, outcome.penalty);
        }
    }

    private record DiscriminatorOutcome(float loss, float realAboveDrawn, float penalty) {}

    private DiscriminatorOutcome discriminatorStep(
            NDManager temporary, long step, Batch batch, NDArray real, NDArray sentence, SplittableRandom random) {
        NDArray drawn = augmenter.apply(
                generator.draw(
                        generatorWeights.frozen(temporary),
                        noise(temporary, step, FIRST_NOISE, batch.size()),
                        sentence),
                random);
        NDArray stranger = sentence.get(temporary.create(batch.strangers()));
        float loss;
        float realAboveDrawn;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Activation plain = new Activation.Plain();
            NDArray features = discriminator.features(discriminatorWeights, real.concat(drawn, 0), plain);
            NDArray realness = discriminator.realness(discriminatorWeights, features, plain);
            NDArray realFeatures = features.get("0:{}", batch.size());
            NDArray drawnFeatures = features.get("{}:", batch.size());
            NDArray realOnly = realness.get("0:{}", batch.size());
            NDArray realScore = realOnly.add(discriminator.agreement(discriminatorWeights, realFeatures, sentence));
            NDArray drawnScore = realness.get("{}:", batch.size())
                    .add(discriminator.agreement(discriminatorWeights, drawnFeatures, sentence));
            NDArray mismatched = realOnly.add(discriminator.agreement(discriminatorWeights, realFeatures, stranger));
            NDArray total = RelativisticLoss.discriminator(realScore, drawnScore, mismatched, (float)
                    recipe.objective().mismatch());
            collector.backward(total);
            loss = total.getFloat();
            realAboveDrawn = realScore
                    .stopGradient()
                    .sub(drawnScore.stopGradient())
                    .sign()
                    .mean()
                    .getFloat();
        }
        float squares = penalise(temporary, step, real, drawn, sentence);
        discriminatorAdam.step(temporary, step + 1);
        return new DiscriminatorOutcome(loss, realAboveDrawn, squares);
    }

    /** R1 and R2 take turns, each with the weight of the steps it stands for. */
    private float penalise(NDManager temporary, long step, NDArray real, NDArray drawn, NDArray sentence) {
        int every = recipe.objective().penaltyEvery();
        float weight = (float) recipe.objective().gamma() * every;
        long phase = step % every;
        float squares = Float.NaN;
        if (weight > 0 && phase == 0) {
            squares = penalty.accumulate(temporary, discriminatorWeights, real, sentence, weight);
        }
        if (weight > 0 && phase == every / 2) {
            squares = penalty.accumulate(temporary, discriminatorWeights, drawn, sentence, weight);
        }
        return squares;
    }

    private float generatorStep(
            NDManager temporary, long step, int size, NDArray real, NDArray sentence, SplittableRandom random) {
        Weights frozen = discriminatorWeights.frozen(temporary);
        NDArray realScore = discriminator.score(frozen, real, sentence);
        float loss;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray drawn = generator.draw(generatorWeights, noise(temporary, step, SECOND_NOISE, size), sentence);
            NDArray drawnScore = discriminator.score(frozen, augmenter.apply(drawn, random), sentence);
            NDArray total = RelativisticLoss.generator(realScore, drawnScore);
            collector.backward(total);
            loss = total.getFloat();
        }
        generatorAdam.step(temporary, step + 1);
        return loss;
    }

    private NDArray noise(NDManager temporary, long step, long half, int size) {
        int latent = recipe.generator().latent();
        long seed = StepRandom.seedOf(recipe.seed(), step, StepRandom.Use.NOISE);
        float[] values = CounterNoise.normal(seed, half, size * latent);
        return temporary.create(values, new Shape(size, latent));
    }

    /** A view of the averaged generator that draws what is being learned; close it before this. */
    public Renderer renderer() {
        return Renderer.over(manager, generator, average.weights());
    }

    /** The averaged generator's arrays: the weights of a bundle. */
    public Map<String, Safetensors.Tensor> averaged() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        average.weights().arrays().forEach((name, array) -> tensors.put(name, tensor(array)));
        return tensors;
    }

    /** Everything a checkpoint needs to go on, by name. */
    public Map<String, Safetensors.Tensor> arrays() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        groups().forEach((group, weights) ->
                weights.arrays().forEach((name, array) -> tensors.put(group + "/" + name, tensor(array))));
        return tensors;
    }

    /**
     * Goes on from what {@link #arrays()} gave.
     *
     * @throws IllegalArgumentException if an array is missing or has another shape
     */
    public void restore(Map<String, Safetensors.Tensor> tensors) {
        groups().forEach((group, weights) -> weights.arrays().forEach((name, array) -> {
            Safetensors.Tensor tensor = tensors.get(group + "/" + name);
            if (tensor == null || !tensor.shape().equals(shape(array))) {
                throw new IllegalArgumentException("the checkpoint has no " + group + "/" + name + " of shape "
                        + shape(array) + "; it was made with another recipe");
            }
            float[] values = new float[tensor.values().remaining()];
            tensor.values().duplicate().get(values);
            try (NDArray alias = array.stopGradient();
                    NDArray stored = manager.create(FloatBuffer.wrap(values), array.getShape(), DataType.FLOAT32)) {
                alias.subi(alias).addi(stored);
            }
        }));
    }

    private Map<String, Weights> groups() {
        Map<String, Weights> groups = new LinkedHashMap<>();
        groups.put("generator", generatorWeights);
        groups.put("discriminator", discriminatorWeights);
        groups.put("average", average.weights());
        groups.put("generatorAdam1", generatorAdam.firstMoments());
        groups.put("generatorAdam2", generatorAdam.secondMoments());
        groups.put("discriminatorAdam1", discriminatorAdam.firstMoments());
        groups.put("discriminatorAdam2", discriminatorAdam.secondMoments());
        return groups;
    }

    private static Safetensors.Tensor tensor(NDArray array) {
        try (NDArray alias = array.stopGradient()) {
            return new Safetensors.Tensor(shape(array), FloatBuffer.wrap(alias.toFloatArray()));
        }
    }

    private static List<Long> shape(NDArray array) {
        List<Long> dimensions = new ArrayList<>();
        Arrays.stream(array.getShape().getShape()).forEach(dimensions::add);
        return dimensions;
    }

    @Override
    public void close() {
        manager.close();
    }
}
