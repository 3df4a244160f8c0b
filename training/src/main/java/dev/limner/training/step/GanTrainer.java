package dev.limner.training.step;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.generator.render.Renderer;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.network.Critic;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.optimizer.MovingAverage;
import dev.limner.training.optimizer.Schedule;
import dev.limner.training.recipe.Composition;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.regularizer.Penalty;
import dev.limner.training.regularizer.Regularizer;
import dev.limner.training.tensor.TensorFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A recipe's parts, and the order in which a step uses them: losses add gradients up, and only here do weights move.
 * Everything random in a step follows from the recipe's seed and the step's number, so a training resumed from {@link
 * #arrays()} continues as if it had never stopped. Owns its native memory; one thread, but {@link #prepare} may be called on any.
 */
public final class GanTrainer implements AutoCloseable {
    private final Recipe recipe;
    private final Schedule schedule;
    private final NDManager manager;
    private final TrainableGenerator network;
    private final Augmentation augmentation;
    private final Player generator;
    private final Player critic;
    private final MovingAverage average;
    private final CriticMove criticMove;
    private final GeneratorMove generatorMove;

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
        Composition parts = recipe.parts();
        Critic scorer = recipe.critic();
        this.schedule = parts.optimizer().schedule();
        ConvolutionSupport.on(device).require(convolutions(recipe), true);
        Engine.getEngine("PyTorch").setRandomSeed((int) recipe.seed());
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        this.network = recipe.generator();
        Weights generatorWeights = network.parameters().initialise(manager);
        Weights criticWeights = scorer.parameters().initialise(manager);
        if (!setup.generator().isEmpty()) {
            TensorFiles.assign(generatorWeights, setup.generator(), "");
            TensorFiles.assign(criticWeights, setup.discriminator(), "");
        }
        this.generator = new Player(
                manager,
                "generator",
                network.parameters(),
                generatorWeights,
                setup.generatorMoves(),
                parts.optimizer());
        this.critic = new Player(
                manager,
                "discriminator",
                scorer.parameters(),
                criticWeights,
                setup.discriminatorMoves(),
                parts.optimizer());
        this.average = new MovingAverage(
                manager,
                generatorWeights,
                generator.moving(),
                generator.buffers(),
                parts.optimizer().averageDecay());
        this.augmentation = Augmentation.all(parts.augmentations());
        List<Penalty> penalties = penalties(parts.regularizers(), scorer, device);
        List<GeneratorTerm> terms =
                Stream.concat(parts.terms().stream(), setup.terms().stream()).toList();
        this.criticMove = new CriticMove(scorer, parts.objective(), penalties);
        this.generatorMove = new GeneratorMove(network, scorer, parts.objective(), terms, augmentation);
        generator.recordGradients();
        critic.recordGradients();
    }

    /** What cannot be had on this machine is refused here, and leaves nothing in a process that goes on. */
    private List<Penalty> penalties(List<Regularizer> regularizers, Critic scorer, Device device) {
        List<Penalty> penalties = new ArrayList<>();
        try {
            for (Regularizer regularizer : regularizers) {
                penalties.add(regularizer.over(scorer, device));
            }
            return penalties;
        } catch (RuntimeException e) {
            penalties.forEach(Penalty::close);
            manager.close();
            throw e;
        }
    }

    /** The convolutions that training by a recipe takes; the critic sees real and generated images at once. */
    public static List<ConvolutionShape> convolutions(Recipe recipe) {
        List<ConvolutionShape> shapes = new ArrayList<>(recipe.generator().convolutions(recipe.batch()));
        shapes.addAll(recipe.critic().convolutions(2 * recipe.batch()));
        return shapes;
    }

    /**
     * The moves of one step: the critic's, then the generator's on the batches of the critic's last one.
     *
     * @param step number of this step, from 0
     * @param batches what it learns from, as many for each of the critic's moves; the gradients of a move are added up
     *     ({@code optimizer.accumulate})
     */
    public StepReport step(long step, List<TrainingBatch> batches) {
        return step(prepare(step, batches));
    }

    /**
     * Brings a step's batches to the device and makes their noise, which needs no weights: on any thread, also while another
     * step is made.
     *
     * @param step number of the step, from 0
     * @param batches as for {@link #step(long, List)}
     */
    public PreparedStep prepare(long step, List<TrainingBatch> batches) {
        int moves = recipe.parts().game().criticMoves();
        if (batches.isEmpty() || batches.size() % moves != 0) {
            throw new IllegalArgumentException(
                    batches.size() + " batches cannot be dealt out to " + moves + " moves of the critic");
        }
        NDManager owner = manager.newSubManager();
        try {
            List<StepArrays> arrays = new ArrayList<>();
            for (TrainingBatch batch : batches) {
                arrays.add(StepArrays.of(owner, recipe, step * batches.size() + arrays.size(), batch));
            }
            return new PreparedStep(step, owner, arrays);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /** The moves of a step that has been prepared, which it closes. */
    public StepReport step(PreparedStep prepared) {
        try (prepared) {
            long step = prepared.number();
            NDManager temporary = prepared.manager();
            List<StepBatch> dealt = prepared.batches().stream()
                    .map(arrays -> StepBatch.of(temporary, recipe.seed(), augmentation, arrays))
                    .toList();
            int moves = recipe.parts().game().criticMoves();
            int accumulate = dealt.size() / moves;
            float share = 1f / accumulate;
            double rate = schedule.rateAt(step);
            CriticReport report = CriticReport.NONE;
            for (int move = 0; move < moves; move++) {
                report = report.and(
                        moveCritic(
                                temporary,
                                step,
                                step * moves + move + 1,
                                rate,
                                dealt.subList(move * accumulate, (move + 1) * accumulate)),
                        1f / moves);
            }
            float generatorLoss = 0;
            for (StepBatch batch : dealt.subList(dealt.size() - accumulate, dealt.size())) {
                Weights frozen = critic.weights().frozen(temporary);
                generatorLoss += share * generatorMove.gradients(generator.weights(), frozen, step, batch, share);
            }
            float gradient = generator.move(temporary, step + 1, rate);
            average.update(temporary, step);
            return new StepReport(
                    step,
                    report.loss(),
                    generatorLoss,
                    report.realAboveGenerated(),
                    report.penalty(),
                    report.gradient(),
                    gradient);
        }
    }

    private CriticReport moveCritic(NDManager temporary, long step, long update, double rate, List<StepBatch> batches) {
        float share = 1f / batches.size();
        float loss = 0;
        float realAboveGenerated = 0;
        float penalty = Float.NaN;
        for (StepBatch batch : batches) {
            NDArray generated = augmentation.apply(
                    network.generate(
                            generator.weights().frozen(temporary),
                            GeneratorInputs.of(batch.arrays().criticNoise(), batch.sentence())),
                    batch.random());
            CriticMove.Outcome outcome = criticMove.gradients(critic.weights(), batch, generated, share);
            loss += outcome.loss() * share;
            realAboveGenerated += outcome.realAboveGenerated() * share;
            penalty = criticMove.penalise(new Penalty.Move(
                    temporary, step, critic.weights(), batch.real(), generated, batch.sentence(), share));
        }
        float gradient = critic.move(temporary, update, rate);
        criticMove.penalties().forEach(each -> each.moved(temporary, critic.moving()));
        return new CriticReport(loss, realAboveGenerated, penalty, gradient);
    }

    /**
     * How much the generator's loss says of each of its weights: the mean of the squared gradients over batches, the
     * diagonal of the Fisher information. Moves nothing.
     */
    public Map<String, Safetensors.Tensor> importance(List<TrainingBatch> batches) {
        try (NDManager temporary = manager.newSubManager()) {
            Map<String, NDArray> squares = new LinkedHashMap<>();
            float share = 1f / batches.size();
            for (int i = 0; i < batches.size(); i++) {
                StepArrays arrays = StepArrays.of(temporary, recipe, i, batches.get(i));
                StepBatch batch = StepBatch.of(temporary, recipe.seed(), augmentation, arrays);
                generatorMove.gradients(generator.weights(), critic.weights().frozen(temporary), 0, batch, 1f);
                generator.moving().arrays().forEach((name, weight) -> {
                    NDArray gradient = weight.getGradient();
                    gradient.attach(temporary);
                    NDArray square = gradient.square().muli(share);
                    squares.merge(name, square, NDArray::addi);
                    gradient.subi(gradient);
                });
            }
            return TensorFiles.of(new Weights(squares));
        }
    }

    /** A view of the averaged generator, which makes what is being learned; close it before this. */
    public Renderer renderer() {
        return Renderer.over(manager, network, average.weights());
    }

    /** The averaged generator's arrays: the weights of a bundle. */
    public Map<String, Safetensors.Tensor> averaged() {
        return TensorFiles.of(average.weights());
    }

    /** The critic's arrays: what a bundle needs to be tuned further. */
    public Map<String, Safetensors.Tensor> discriminator() {
        return TensorFiles.of(critic.weights());
    }

    /** What it computes on. */
    public Device device() {
        return manager.getDevice();
    }

    /** Everything a checkpoint needs to continue, by name. */
    public Map<String, Safetensors.Tensor> arrays() {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        groups().forEach((group, weights) ->
                TensorFiles.of(weights).forEach((name, tensor) -> tensors.put(group + "/" + name, tensor)));
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
        groups.put("generator", generator.weights());
        groups.put("discriminator", critic.weights());
        groups.put("average", average.weights());
        groups.putAll(generator.memory());
        groups.putAll(critic.memory());
        return groups;
    }

    @Override
    public void close() {
        criticMove.penalties().forEach(Penalty::close);
        manager.close();
    }
}
