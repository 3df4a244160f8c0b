package dev.limner.trainer.loop;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.render.Renderer;
import dev.limner.generator.text.TextEncoder;
import dev.limner.trainer.data.DataSet;
import dev.limner.trainer.eval.SampleGrid;
import dev.limner.trainer.recipe.Recipe;
import dev.limner.trainer.tune.StepReport;
import dev.limner.trainer.tune.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Trains a recipe on a data set until its time is up. Leaves in its folder: {@code model/}, the bundle; {@code
 * grid.png}, what the fixed captions look like; {@code log.jsonl}, the losses; {@code checkpoint/}, from which the same
 * call goes on after a kill.
 */
public final class TrainingLoop {
    private static final int LOG_EVERY = 20;
    private static final Duration SAVE_EVERY = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Recipe recipe;
    private final DataSet data;
    private final TextEncoder encoder;
    private final SampleGrid grid;
    private final Path folder;

    public TrainingLoop(Recipe recipe, DataSet data, TextEncoder encoder, SampleGrid grid, Path folder) {
        this.recipe = recipe;
        this.data = data;
        this.encoder = encoder;
        this.grid = grid;
        this.folder = folder;
    }

    /**
     * How long to train; the first limit that is reached ends it. Earlier runs of the same training count.
     *
     * @param time time spent in steps
     * @param steps number of steps
     */
    public record Limit(Duration time, long steps) {}

    /**
     * Runs on the calling thread.
     *
     * @return the manifest of the bundle
     * @throws IllegalStateException if the training diverged; the last checkpoint stays
     */
    public Manifest run(Limit limit, Device device, TrainingListener listener) {
        BatchSampler sampler = new BatchSampler(recipe, data, encoder);
        try (Training training = new Training(recipe, device)) {
            Path checkpoints = folder.resolve("checkpoint");
            Optional<Checkpoint> found = Checkpoint.restore(checkpoints, training, recipe);
            long step = found.map(Checkpoint::step).orElse(0L);
            double before = found.map(Checkpoint::seconds).orElse(0.0);
            listener.started(sampler.pictures(), step, before);
            long firstStep = step;
            long start = System.nanoTime();
            double saved = 0;
            double elapsed = 0;
            while (before + elapsed < limit.time().toSeconds() && step < limit.steps()) {
                StepReport report = training.step(step, sampler.sample(step));
                if (report.diverged()) {
                    throw new IllegalStateException("the training diverged at step " + step + ": " + report);
                }
                step++;
                elapsed = (System.nanoTime() - start) / 1e9;
                listener.stepped(report, before + elapsed, (step - firstStep) * recipe.batch() / elapsed);
                if (report.step() % LOG_EVERY == 0) {
                    log(report, before + elapsed);
                }
                if (elapsed - saved > SAVE_EVERY.toSeconds()) {
                    Checkpoint.save(checkpoints, training, recipe, step, before + elapsed);
                    show(training);
                    saved = elapsed;
                }
            }
            Checkpoint.save(checkpoints, training, recipe, step, before + elapsed);
            show(training);
            return release(training, step, before + elapsed);
        }
    }

    private void show(Training training) {
        try (Renderer renderer = training.renderer()) {
            grid.write(renderer, encoder, folder.resolve("grid.png"));
        }
    }

    private Manifest release(Training training, long steps, double seconds) {
        ObjectNode trainedOn = JSON.createObjectNode();
        trainedOn.put("data", data.name());
        trainedOn.put("dataDigest", data.digest());
        trainedOn.put("steps", steps);
        trainedOn.put("minutes", Math.round(seconds / 6) / 10.0);
        return ModelBundle.write(
                folder.resolve("model"),
                new ModelBundle.Description(
                        recipe.name(), recipe.generator(), encoder.id(), recipe.asData(), trainedOn),
                training.averaged());
    }

    private void log(StepReport report, double seconds) {
        ObjectNode line = JSON.createObjectNode();
        line.put("step", report.step());
        line.put("seconds", Math.round(seconds * 10) / 10.0);
        line.put("discriminatorLoss", report.discriminatorLoss());
        line.put("generatorLoss", report.generatorLoss());
        line.put("realAboveDrawn", report.realAboveDrawn());
        if (!Float.isNaN(report.penalty())) {
            line.put("penalty", report.penalty());
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve("log.jsonl"),
                    line + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("the training log cannot be written to " + folder, e);
        }
    }
}
