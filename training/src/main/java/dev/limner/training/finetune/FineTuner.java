package dev.limner.training.finetune;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.protocol.RefusalCode;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.loop.BatchSampler;
import dev.limner.training.loop.Checkpoint;
import dev.limner.training.loop.EarlyStopping;
import dev.limner.training.objective.ElasticWeightConsolidation;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.SelfDistillationTerm;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.StepReport;
import dev.limner.training.step.TrainingBatch;
import dev.limner.training.step.TrainingSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes a copy of a released model some steps further: the adversary's game on the data it was trained on, the lower half
 * of the discriminator frozen, held near to what it was, and after what people like. Resumes from its checkpoint to the
 * same weights. One thread.
 */
final class FineTuner {
    private static final int IMPORTANCE_BATCHES = 8;
    private static final int SAVE_EVERY = 50;

    private final FineTuningData material;
    private final FineTuning tuning;
    private final Device device;
    private final DutyCycle duty;

    FineTuner(FineTuningData material, FineTuning tuning, Device device, DutyCycle duty) {
        this.material = material;
        this.tuning = tuning;
        this.device = device;
        this.duty = duty;
    }

    /** Told how far it is. */
    @FunctionalInterface
    interface Progress {
        void stepped(StepReport report, int of);
    }

    /**
     * Tunes.
     *
     * @param seed of everything random
     * @param likes what people like; empty if only examples are learned
     * @param examples images that people showed, mixed into the data
     * @param folder of checkpoints
     * @return the training when it has done its steps, for the caller to close
     * @throws BundleException if the bundle has no discriminator or no recipe
     */
    GanTrainer tune(
            ModelBundle parent,
            long seed,
            Optional<GeneratorTerm> likes,
            List<CaptionedImage> examples,
            Path folder,
            Progress progress) {
        Recipe recipe = recipe(parent, seed);
        Map<String, Safetensors.Tensor> critic = parent.discriminator()
                .orElseThrow(() -> new BundleException(
                        RefusalCode.WEIGHTS_INVALID,
                        parent.manifest().digest() + " cannot be tuned: its bundle has no discriminator"));
        BatchSampler sampler = new BatchSampler(
                recipe,
                material.data(),
                material.encoder(),
                examples,
                tuning.examples().share());
        try (SelfDistillationTerm anchor = new SelfDistillationTerm(device, parent.weights(), (float) tuning.anchor());
                ElasticWeightConsolidation elastic = new ElasticWeightConsolidation(
                        device, parent.weights(), importance(recipe, parent, critic), (float) tuning.elastic())) {
            List<GeneratorTerm> terms = new ArrayList<>(List.of(anchor, elastic));
            likes.ifPresent(terms::add);
            GanTrainer training = new GanTrainer(recipe, device, setup(recipe, parent, critic, terms));
            try {
                run(training, recipe, sampler, folder, progress);
                return training;
            } catch (RuntimeException e) {
                training.close();
                throw e;
            }
        }
    }

    private Recipe recipe(ModelBundle parent, long seed) {
        if (parent.manifest().recipe() == null) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID,
                    parent.manifest().digest() + " cannot be tuned: its manifest has no recipe");
        }
        return Recipe.of(parent.manifest().recipe()).forTuning(tuning, seed);
    }

    private TrainingSetup setup(
            Recipe recipe, ModelBundle parent, Map<String, Safetensors.Tensor> critic, List<GeneratorTerm> terms) {
        return new TrainingSetup(
                parent.weights(),
                critic,
                recipe.generator().parameters().trained(tuning::moves),
                recipe.critic().parameters().trained(FineTuning::movesInDiscriminator),
                terms);
    }

    /** Of the data set alone: what examples want to move is not held. */
    private Map<String, Safetensors.Tensor> importance(
            Recipe recipe, ModelBundle parent, Map<String, Safetensors.Tensor> critic) {
        BatchSampler sampler = new BatchSampler(recipe, material.data(), material.encoder());
        List<TrainingBatch> batches = IntStream.range(0, IMPORTANCE_BATCHES)
                .mapToObj(i -> sampler.sample(-1L - i))
                .toList();
        try (GanTrainer probe = new GanTrainer(recipe, device, setup(recipe, parent, critic, List.of()))) {
            return probe.importance(batches);
        }
    }

    private void run(GanTrainer training, Recipe recipe, BatchSampler sampler, Path folder, Progress progress) {
        String data = material.data().digest();
        long first = Checkpoint.restore(folder, training, recipe, data, null)
                .map(Checkpoint::step)
                .orElse(0L);
        for (long step = first; step < tuning.steps(); step++) {
            long number = step;
            duty.work(() -> {
                StepReport report = training.step(number, sampler.batches(number));
                if (report.diverged()) {
                    throw new IllegalStateException("the tuning diverged at step " + number + ": " + report);
                }
                progress.stepped(report, tuning.steps());
            });
            if ((step + 1) % SAVE_EVERY == 0) {
                new Checkpoint(step + 1, 0, recipe.asData(), data, EarlyStopping.NONE, null).save(folder, training);
            }
        }
    }
}
