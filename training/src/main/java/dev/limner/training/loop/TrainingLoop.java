package dev.limner.training.loop;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.SampleGrid;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.report.TrainingReport;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.PreparedStep;
import dev.limner.training.step.StepReport;
import dev.limner.training.step.TrainingSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Trains a recipe on a data set's training split. Leaves in its folder: {@code model/}, the bundle of the best check so
 * far; {@code report.html}, with grids and curves; {@code grids/}; {@code log.jsonl}; {@code checkpoint/}, from which the
 * same call continues after a kill, along the same curve.
 */
public final class TrainingLoop {
    private static final int LOG_EVERY = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Recipe recipe;
    private final DataSet data;
    private final TextEncoder encoder;
    private final SampleGrid grid;
    private final Path folder;
    private final TrainingLog log;
    private final ModelFolder model;
    private final @Nullable StartingPoint start;
    private volatile boolean stopping;

    /** Starts from nothing. */
    public TrainingLoop(Recipe recipe, DataSet data, TextEncoder encoder, SampleGrid grid, Path folder) {
        this(recipe, data, encoder, grid, folder, null);
    }

    /**
     * @param start the model that it starts from; null for initial weights
     * @throws DataException if the data set has too few images for the recipe
     */
    public TrainingLoop(
            Recipe recipe,
            DataSet data,
            TextEncoder encoder,
            SampleGrid grid,
            Path folder,
            @Nullable StartingPoint start) {
        BatchSampler.require(recipe, data, encoder);
        this.recipe = recipe;
        this.data = data;
        this.encoder = encoder;
        this.grid = grid;
        this.folder = folder;
        this.log = new TrainingLog(folder);
        this.model = new ModelFolder(folder);
        this.start = start;
    }

    private StartingPoint.@Nullable Origin origin() {
        return start == null ? null : start.origin();
    }

    /**
     * How long to train; the first limit that is reached ends it. Earlier runs of the same training count.
     *
     * @param time time spent in steps
     * @param steps number of steps
     * @param checkEvery time from one look at held-out captions to the next
     * @param saveEvery time from one checkpoint to the next: what a kill can cost
     * @param patience looks without gain after which it ends; 0 for any number
     * @param stopOnAlarm whether an alarm ends it
     */
    public record Limit(
            Duration time, long steps, Duration checkEvery, Duration saveEvery, int patience, boolean stopOnAlarm) {}

    /** Where a run is. */
    private static final class Progress {
        private long step;
        private double before;
        private double elapsed;
        private double saved;
        private double checked;
        private EarlyStopping gains = EarlyStopping.NONE;

        /** By which a checkpoint is chosen; null where the last one is taken. */
        private @Nullable Split choosing;

        double seconds() {
            return before + elapsed;
        }
    }

    /**
     * Runs on the calling thread.
     *
     * @param check looks at held-out captions; without one the last weights become the model
     * @return the manifest of the bundle
     * @throws IllegalStateException if the training diverged; the last checkpoint stays
     * @throws IllegalArgumentException if the folder holds another training, or the recipe is of other networks than the
     *     model it starts from
     * @throws CancellationException after {@link #stop}; the checkpoint is that of the last step
     */
    public Manifest run(Limit limit, Device device, @Nullable HeldOutCheck check, TrainingListener listener) {
        model.settle();
        BatchSampler sampler = new BatchSampler(recipe, data, encoder);
        CollapseWatch watch = new CollapseWatch(check == null ? Map.of() : check.real());
        TrainingSetup setup = start == null ? TrainingSetup.FROM_NOTHING : start.setup(recipe);
        try (GanTrainer training = new GanTrainer(recipe, device, setup)) {
            Progress progress = new Progress();
            progress.choosing = check == null ? null : data.choosingSplit(recipe.language());
            Checkpoint.restore(checkpoints(), training, recipe, data.digest(), origin())
                    .ifPresent(found -> {
                        progress.step = found.step();
                        progress.before = found.seconds();
                        progress.gains = found.gains();
                    });
            log.rewindTo(progress.step);
            listener.started(sampler.images(), progress.step, progress.before);
            long firstStep = progress.step;
            long begun = System.nanoTime();
            Set<String> told = new HashSet<>();
            try (AheadQueue<PreparedStep> ahead = ahead(training, sampler, progress.step)) {
                while (!stopping
                        && progress.seconds() < limit.time().toSeconds()
                        && progress.step < limit.steps()
                        && !progress.gains.exhausted(limit.patience())
                        && !(limit.stopOnAlarm() && !watch.alarms().isEmpty())) {
                    StepReport report = training.step(ahead.take());
                    if (report.diverged()) {
                        throw new IllegalStateException(
                                "the training diverged at step " + progress.step + ": " + report);
                    }
                    progress.step++;
                    progress.elapsed = (System.nanoTime() - begun) / 1e9;
                    watch.stepped(report);
                    long images = (progress.step - firstStep) * recipe.batch() * recipe.batches();
                    listener.stepped(report, progress.seconds(), images / progress.elapsed);
                    if (report.skipped()) {
                        log.skipped(report, progress.seconds());
                    } else if (progress.step % LOG_EVERY == 0 || progress.step == 1) {
                        log.step(report, progress.seconds());
                    }
                    if (progress.elapsed - progress.checked
                            >= limit.checkEvery().toSeconds()) {
                        look(training, progress, check, watch, listener);
                        progress.checked = progress.elapsed;
                    }
                    if (progress.elapsed - progress.saved >= limit.saveEvery().toSeconds()) {
                        save(training, progress, watch);
                    }
                    tell(watch, told, listener);
                }
            }
            if (!stopping) {
                look(training, progress, check, watch, listener);
            }
            save(training, progress, watch);
            report(progress, watch, false);
            if (stopping) {
                throw new CancellationException(
                        "stopped at step " + progress.step + ", the same command continues from there");
            }
            return ModelBundle.read(model.model()).manifest();
        }
    }

    /** Has the run under way save where it is and end; from any thread. */
    public void stop() {
        stopping = true;
    }

    /** What steps take, prepared while others are made: images, captions and noise on the device. */
    public static AheadQueue<PreparedStep> ahead(GanTrainer training, BatchSampler sampler, long first) {
        return new AheadQueue<>(
                "limner-batches", first, step -> training.prepare(step, sampler.batches(step)), PreparedStep::close);
    }

    private static void tell(CollapseWatch watch, Set<String> told, TrainingListener listener) {
        List<String> alarms = watch.alarms();
        alarms.stream().filter(told::add).forEach(listener::alarm);
        told.retainAll(alarms);
    }

    private void look(
            GanTrainer training,
            Progress progress,
            @Nullable HeldOutCheck check,
            CollapseWatch watch,
            TrainingListener listener) {
        try (Renderer renderer = training.renderer()) {
            if (check == null) {
                release(training, progress);
                return;
            }
            Map<Metric, Estimate> figures = check.look(renderer);
            double score = check.score(figures);
            log.check(progress.step, progress.seconds(), figures, score);
            watch.checked(progress.step, figures);
            progress.gains = progress.gains.after(score, progress.step);
            if (progress.gains.isBest(progress.step)) {
                release(training, progress);
            }
            listener.checked(progress.step, figures, score);
        }
    }

    private void save(GanTrainer training, Progress progress, CollapseWatch watch) {
        new Checkpoint(progress.step, progress.seconds(), recipe.asData(), data.digest(), progress.gains, origin())
                .save(checkpoints(), training);
        try (Renderer renderer = training.renderer()) {
            grid.write(renderer, encoder, grids().resolve("step-" + progress.step + ".png"));
        }
        progress.saved = progress.elapsed;
        report(progress, watch, true);
        // Arrays that a step outlived by a moment hold native memory until a full collection, for which a heap that is
        // never full would wait an hour.
        System.gc();
    }

    private void report(Progress progress, CollapseWatch watch, boolean running) {
        String state = String.format(
                Locale.ROOT,
                "%s: step %d after %.0f minutes on %s; %s.",
                running ? "Running" : "Stopped",
                progress.step,
                progress.seconds() / 60,
                data.name(),
                chosen(progress));
        TrainingReport.write(
                folder.resolve("report.html"), recipe.name(), state, running, watch.alarms(), log.file(), grids());
    }

    private static String chosen(Progress progress) {
        return progress.choosing == null
                ? "the last weights are the model, nothing chose among them"
                : String.format(
                        Locale.ROOT,
                        "best check at step %d, chosen by the %s split%s",
                        progress.gains.bestStep(),
                        progress.choosing.id(),
                        progress.choosing == Split.TEST
                                ? ", for the data set has no validation: its test figures flatter"
                                : "");
    }

    /** Of the data and of what the model is from: terms stay with weights. */
    private List<DataLicence> licences() {
        Set<DataLicence> licences = new LinkedHashSet<>(data.licences(recipe.language()));
        if (start != null) {
            licences.addAll(start.licences());
        }
        return List.copyOf(licences);
    }

    private void release(GanTrainer training, Progress progress) {
        ObjectNode trainedOn = JSON.createObjectNode();
        trainedOn.put("data", data.name());
        trainedOn.put("dataDigest", data.digest());
        trainedOn.put("chosenBy", progress.choosing == null ? "last" : progress.choosing.id());
        trainedOn.put("steps", progress.step);
        trainedOn.put("minutes", Math.round(progress.seconds() / 6) / 10.0);
        if (start != null) {
            trainedOn.set("startedFrom", JSON.valueToTree(start.origin()));
        }
        try (Renderer renderer = training.renderer()) {
            ModelBundle.Description description = new ModelBundle.Description(
                    recipe.name(), recipe.generator(), encoder.id(), recipe.asData(), trainedOn, licences(), null);
            ModelBundle.Content content = new ModelBundle.Content(
                    training.averaged(),
                    training.discriminator(),
                    ProbeImages.generate(renderer, ExecutionProfile.of(training.device())));
            model.replace(next -> ModelBundle.write(next, description, content));
        }
    }

    private Path checkpoints() {
        return folder.resolve("checkpoint");
    }

    private Path grids() {
        return folder.resolve("grids");
    }
}
