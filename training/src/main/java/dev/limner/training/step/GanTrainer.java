package dev.limner.training.step;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.Renderer;
import dev.limner.training.augment.DifferentiableAugmentation;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.DiscriminatorNetwork;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.ReconstructionLoss;
import dev.limner.training.objective.RelativisticLoss;
import dev.limner.training.optimizer.Adam;
import dev.limner.training.optimizer.MovingAverage;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.regularizer.GradientPenalty;
import dev.limner.training.tensor.StepRandom;
import dev.limner.training.tensor.TensorFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Both networks, their optimisers and the average, and the step that moves them. Everything random in a step follows
 * from the recipe's seed and the step's number, so a training resumed from {@link #arrays()} continues as if it had never
 * stopped. Owns its native memory; one thread.
 */
public final class GanTrainer implements AutoCloseable {
    private static final long FIRST_NOISE = 0;
    private static final long SECOND_NOISE = 1;

    private final Recipe recipe;
    private final NDManager manager;
    private final FilmGenerator generator;
    private final DiscriminatorNetwork discriminator;
    private final Weights generatorWeights;
    private final Weights discriminatorWeights;
    private final Adam generatorAdam;
    private final Adam discriminatorAdam;
    private final MovingAverage average;
    private final GradientPenalty penalty;
    private final DifferentiableAugmentation augmenter;
    private final List<GeneratorTerm> terms;

    /** A training from nothing, of everything. */
    public GanTrainer(Recipe recipe, Device device) {
        this(recipe, device, TrainingSetup.FROM_NOTHING);
    }

    /**
     * A training of what the setup says. Tests the convolutions it takes first, forward and backward.
     *
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if this machine computes them wrong
     */
    public GanTrainer(Recipe recipe, Device device, TrainingSetup setup) {
        this.recipe = recipe;
        this.terms = setup.terms();
        Engine engine = Engine.getEngine("PyTorch");
        ConvolutionSupport.on(device).require(convolutions(recipe), true);
        engine.setRandomSeed((int) recipe.seed());
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        this.generator = new FilmGenerator(recipe.generator());
        this.discriminator = new DiscriminatorNetwork(recipe.discriminator(), recipe.generator());
        this.generatorWeights = generator.parameters().initialise(manager);
        this.discriminatorWeights = discriminator.initialise(manager);
        if (!setup.generator().isEmpty()) {
            TensorFiles.assign(generatorWeights, setup.generator(), "");
            TensorFiles.assign(discriminatorWeights, setup.discriminator(), "");
        }
        Weights movingGenerator = only(generatorWeights, setup.generatorMoves());
        Weights movingDiscriminator = only(discriminatorWeights, setup.discriminatorMoves());
        this.average = new MovingAverage(
                manager, generatorWeights, movingGenerator, recipe.optimizer().averageDecay());
        this.generatorAdam = new Adam(manager, recipe.optimizer(), movingGenerator);
        this.discriminatorAdam = new Adam(manager, recipe.optimizer(), movingDiscriminator);
        this.penalty = new GradientPenalty(discriminator);
        this.augmenter = new DifferentiableAugmentation(recipe.augmentation());
        movingGenerator.arrays().values().forEach(array -> array.setRequiresGradient(true));
        movingDiscriminator.arrays().values().forEach(array -> array.setRequiresGradient(true));
    }

    /** The convolutions that training by a recipe takes; the discriminator sees real and generated images at once. */
    public static List<ConvolutionShape> convolutions(Recipe recipe) {
        List<ConvolutionShape> shapes = new ArrayList<>(recipe.generator().convolutions(recipe.batch()));
        DiscriminatorNetwork discriminator = new DiscriminatorNetwork(recipe.discriminator(), recipe.generator());
        shapes.addAll(discriminator.convolutions(2 * recipe.batch()));
        return shapes;
    }

    private static Weights only(Weights weights, Predicate<String> moves) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> {
            if (moves.test(name)) {
                arrays.put(name, array);
            }
        });
        return new Weights(arrays);
    }

    /**
     * One update of each network.
     *
     * @param step number of this step, from 0
     * @param batches what it learns from; their gradients are added up ({@code optimizer.accumulate})
     */
    public StepReport step(long step, List<TrainingBatch> batches) {
        try (NDManager temporary = manager.newSubManager()) {
            List<Material> materials = new ArrayList<>();
            for (int i = 0; i < batches.size(); i++) {
                materials.add(material(temporary, step * batches.size() + i, batches.get(i)));
            }
            float share = 1f / batches.size();
            float discriminatorLoss = 0;
            float realAboveGenerated = 0;
            float squares = Float.NaN;
            for (Material material : materials) {
                NDArray generated = augmenter.apply(
                        generator.generate(
                                generatorWeights.frozen(temporary),
                                GeneratorInputs.of(noise(temporary, material, FIRST_NOISE), material.sentence)),
                        material.random);
                Judged judged = discriminatorGradients(material, generated, share);
                discriminatorLoss += judged.loss * share;
                realAboveGenerated += judged.realAboveGenerated * share;
                squares = penalise(temporary, step, material, generated, share);
            }
            float discriminatorGradient = discriminatorAdam.step(temporary, step + 1);
            float generatorLoss = 0;
            for (Material material : materials) {
                generatorLoss += share * generatorGradients(temporary, material, share);
            }
            float generatorGradient = generatorAdam.step(temporary, step + 1);
            average.update(temporary, step);
            return new StepReport(
                    step,
                    discriminatorLoss,
                    generatorLoss,
                    realAboveGenerated,
                    squares,
                    discriminatorGradient,
                    generatorGradient);
        }
    }

    /**
     * A batch on the device.
     *
     * @param number of the batch, over all steps
     * @param images as they are
     * @param real as the discriminator sees them
     * @param own 1 for images of the data set itself
     */
    private record Material(
            long number,
            int size,
            NDArray images,
            NDArray real,
            NDArray sentence,
            NDArray stranger,
            NDArray own,
            SplittableRandom random) {}

    private record Judged(float loss, float realAboveGenerated) {}

    private Material material(NDManager temporary, long number, TrainingBatch batch) {
        SplittableRandom random = StepRandom.of(recipe.seed(), number, StepRandom.Use.AUGMENTATION);
        int side = recipe.generator().side();
        NDArray images = temporary.create(batch.images(), new Shape(batch.size(), 3, side, side));
        NDArray sentence = temporary.create(
                batch.sentences(), new Shape(batch.size(), recipe.generator().text()));
        NDArray stranger = temporary.create(batch.mismatched(), sentence.getShape());
        return new Material(
                number,
                batch.size(),
                images,
                augmenter.apply(images, random),
                sentence,
                stranger,
                temporary.create(batch.own()),
                random);
    }

    private Judged discriminatorGradients(Material material, NDArray generated, float share) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            ActivationMode plain = new ActivationMode.Plain();
            NDArray features = discriminator.features(discriminatorWeights, material.real.concat(generated, 0), plain);
            NDArray realness = discriminator.realness(discriminatorWeights, features, plain);
            NDArray realFeatures = features.get("0:{}", material.size);
            NDArray generatedFeatures = features.get("{}:", material.size);
            NDArray realOnly = realness.get("0:{}", material.size);
            NDArray realScore =
                    realOnly.add(discriminator.agreement(discriminatorWeights, realFeatures, material.sentence));
            NDArray generatedScore = realness.get("{}:", material.size)
                    .add(discriminator.agreement(discriminatorWeights, generatedFeatures, material.sentence));
            NDArray mismatched =
                    realOnly.add(discriminator.agreement(discriminatorWeights, realFeatures, material.stranger));
            NDArray total = RelativisticLoss.discriminator(realScore, generatedScore, mismatched, (float)
                    recipe.objective().mismatch());
            collector.backward(Layers.scale(total, share));
            float realAboveGenerated = realScore
                    .stopGradient()
                    .sub(generatedScore.stopGradient())
                    .sign()
                    .mean()
                    .getFloat();
            return new Judged(total.getFloat(), realAboveGenerated);
        }
    }

    /** R1 and R2 take turns, each with the weight of the steps it stands for. */
    private float penalise(NDManager temporary, long step, Material material, NDArray generated, float share) {
        int every = recipe.objective().penaltyEvery();
        float weight = (float) recipe.objective().gamma() * every * share;
        long phase = step % every;
        float squares = Float.NaN;
        if (weight > 0 && phase == 0) {
            squares = penalty.accumulate(temporary, discriminatorWeights, material.real, material.sentence, weight);
        }
        if (weight > 0 && phase == every / 2) {
            squares = penalty.accumulate(temporary, discriminatorWeights, generated, material.sentence, weight);
        }
        return squares;
    }

    private float generatorGradients(NDManager temporary, Material material, float share) {
        Weights frozen = discriminatorWeights.frozen(temporary);
        NDArray realScore = discriminator.score(frozen, material.real, material.sentence);
        float reconstruction = (float) recipe.objective().reconstruction();
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray noise = noise(temporary, material, SECOND_NOISE);
            NDArray generated = generator.generate(generatorWeights, GeneratorInputs.of(noise, material.sentence));
            NDArray generatedScore =
                    discriminator.score(frozen, augmenter.apply(generated, material.random), material.sentence);
            NDArray total = RelativisticLoss.generator(realScore, generatedScore);
            if (reconstruction > 0) {
                total = total.add(Layers.scale(ReconstructionLoss.loss(generated, material.images), reconstruction));
            }
            GeneratorTerm.Generation generation = new GeneratorTerm.Generation(
                    temporary,
                    material.number,
                    generator,
                    generatorWeights,
                    noise,
                    material.sentence,
                    material.own,
                    generated);
            for (GeneratorTerm term : terms) {
                total = total.add(term.loss(generation));
            }
            collector.backward(Layers.scale(total, share));
            return total.getFloat();
        }
    }

    /**
     * How much the generator's loss says of each of its weights: the mean of the squared gradients over batches, the
     * diagonal of the Fisher information. Moves nothing.
     */
    public Map<String, Safetensors.Tensor> importance(List<TrainingBatch> batches) {
        Map<String, Safetensors.Tensor> found = new LinkedHashMap<>();
        try (NDManager temporary = manager.newSubManager()) {
            Map<String, NDArray> squares = new LinkedHashMap<>();
            for (int i = 0; i < batches.size(); i++) {
                generatorGradients(temporary, material(temporary, i, batches.get(i)), 1f);
                float share = 1f / batches.size();
                generatorAdam.weights().arrays().forEach((name, weight) -> {
                    NDArray gradient = weight.getGradient();
                    gradient.attach(temporary);
                    NDArray square = gradient.square().muli(share);
                    squares.merge(name, square, NDArray::addi);
                    gradient.subi(gradient);
                });
            }
            squares.forEach((name, array) -> found.put(name, TensorFiles.of(array)));
        }
        return found;
    }

    private NDArray noise(NDManager temporary, Material material, long half) {
        int latent = recipe.generator().latent();
        long seed = StepRandom.seedOf(recipe.seed(), material.number, StepRandom.Use.NOISE);
        float[] values = CounterNoise.normal(seed, half, material.size * latent);
        return temporary.create(values, new Shape(material.size, latent));
    }

    /** A view of the averaged generator, which makes what is being learned; close it before this. */
    public Renderer renderer() {
        return Renderer.over(manager, generator, average.weights());
    }

    /** The averaged generator's arrays: the weights of a bundle. */
    public Map<String, Safetensors.Tensor> averaged() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        average.weights().arrays().forEach((name, array) -> tensors.put(name, TensorFiles.of(array)));
        return tensors;
    }

    /** The discriminator's arrays: what a bundle needs to be tuned further. */
    public Map<String, Safetensors.Tensor> discriminator() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        discriminatorWeights.arrays().forEach((name, array) -> tensors.put(name, TensorFiles.of(array)));
        return tensors;
    }

    /** What it computes on. */
    public Device device() {
        return manager.getDevice();
    }

    /** Everything a checkpoint needs to continue, by name. */
    public Map<String, Safetensors.Tensor> arrays() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        groups().forEach((group, weights) ->
                weights.arrays().forEach((name, array) -> tensors.put(group + "/" + name, TensorFiles.of(array))));
        return tensors;
    }

    /**
     * Goes on from what {@link #arrays()} gave.
     *
     * @throws IllegalArgumentException if an array is missing or has another shape
     */
    public void restore(Map<String, Safetensors.Tensor> tensors) {
        groups().forEach((group, weights) -> TensorFiles.assign(weights, tensors, group + "/"));
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

    @Override
    public void close() {
        manager.close();
    }
}
