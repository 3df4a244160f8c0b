package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.bundle.BundleFiles;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.loop.HeldOutCheck;
import dev.limner.training.loop.StartingPoint;
import dev.limner.training.loop.TrainingListener;
import dev.limner.training.loop.TrainingLoop;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.StepReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner train}: a recipe and a data set to a model bundle. */
@Command(
        name = "train",
        description = {
            "Train a generator on a data set's training split. The output folder gets model/ (the bundle of the best evaluation"
                    + " at held-out captions), report.html (grids and curves, renewed while it runs), log.jsonl and"
                    + " checkpoint/.",
            "The same command continues where a killed one stopped, or one whose disk was full."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:trained", "1:something failed, or the folder is in use", "2:misuse"})
public final class TrainCommand implements Runnable, LimnerCommand {
    private static final int CHECKED_IMAGES = 1000;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "What to train, as YAML. With --from it may be left out: then it is the model's own.")
    @Nullable
    Path recipeFile;

    @Option(
            names = "--from",
            paramLabel = "BUNDLE",
            description = "Start with this model's weights, and its discriminator's, instead of random ones.")
    @Nullable
    Path from;

    @Option(
            names = "--freeze",
            paramLabel = "PART",
            split = ",",
            description =
                    "With --from: do not train these, as in discriminator/start,discriminator/stage0. A wrong name"
                            + " is answered with the right ones.")
    List<String> frozen = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "Of the model, instead of the recipe's.")
    @Nullable
    String name;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearnOptions options;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    JudgesOptions judges;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    GridOptions grid;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where everything goes.")
    @SuppressWarnings("NullAway.Init")
    Path out;

    @Option(
            names = "--minutes",
            paramLabel = "MINUTES",
            defaultValue = "60",
            description = "Time spent training, earlier runs of it included. Default: ${DEFAULT-VALUE}")
    double minutes;

    @Option(names = "--steps", paramLabel = "N", description = "Stop after this many steps, if that comes first.")
    long steps = Long.MAX_VALUE;

    @Option(names = "--seed", paramLabel = "SEED", description = "Instead of the recipe's.")
    @Nullable
    Long seed;

    @Option(
            names = "--check-every",
            paramLabel = "MINUTES",
            defaultValue = "10",
            description = "How often held-out captions are looked at; 0 for never, then the last weights become the"
                    + " model. Default: ${DEFAULT-VALUE}")
    double checkEvery;

    @Option(
            names = "--save-every",
            paramLabel = "MINUTES",
            defaultValue = "3",
            description = "How much a kill can cost; 0 for one step. Default: ${DEFAULT-VALUE}")
    double saveEvery;

    @Option(
            names = "--patience",
            paramLabel = "CHECKS",
            defaultValue = "0",
            description = "Stop after this many evaluations without gain; 0 continues until the time is up. Default:"
                    + " ${DEFAULT-VALUE}")
    int patience;

    @Option(names = "--stop-on-alarm", description = "Stop when the training collapses, instead of only saying so.")
    boolean stopOnAlarm;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    private static void positive(String option, Number value) {
        if (!(value.doubleValue() > 0)) {
            throw new UsageException(option + " is " + value + ", must be above 0");
        }
    }

    private static void notNegative(String option, Number value) {
        if (!(value.doubleValue() >= 0)) {
            throw new UsageException(option + " is " + value + ", must be at least 0");
        }
    }

    @Override
    public void run() {
        positive("--minutes", minutes);
        positive("--steps", steps);
        notNegative("--check-every", checkEvery);
        notNegative("--save-every", saveEvery);
        notNegative("--patience", patience);
        requireFolderForATraining(out);
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        StartingPoint start = start();
        Recipe recipe = recipe(start);
        DataSet set = options.read(recipe.generator().output().side());
        if (checkEvery > 0) {
            requireEnough(set, recipe.language());
        }
        shareAlike(set, recipe.language()).forEach(spec.commandLine().getErr()::println);
        Device chosen = options.device();
        TrainingLoop.Limit limit = new TrainingLoop.Limit(
                Duration.ofSeconds(Math.round(minutes * 60)),
                steps,
                Duration.ofSeconds(Math.round(checkEvery > 0 ? checkEvery * 60 : minutes * 60)),
                Duration.ofSeconds(Math.round(saveEvery * 60)),
                patience,
                stopOnAlarm);
        FolderClaims.keep(out, "limner train");
        try (TextEncoder encoder = options.encoder(home, recipe.text().encoder())) {
            TrainingLoop loop = new TrainingLoop(recipe, set, encoder, grid.grid(home, recipe.language()), out, start);
            if (checkEvery > 0) {
                try (FeatureExtractors extractors =
                                judges.open(options, home, set, recipe.language(), encoder, chosen);
                        HeldOutCheck check = new HeldOutCheck(
                                EvaluationPlan.choosing(set, recipe.language(), encoder, CHECKED_IMAGES, 1)
                                        .without(extractors::saw),
                                extractors)) {
                    train(loop, limit, chosen, check, terminal);
                }
            } else {
                train(loop, limit, chosen, null, terminal);
            }
        }
    }

    private static void requireFolderForATraining(Path folder) {
        if (Files.exists(folder.resolve(BundleFiles.MANIFEST))) {
            throw new UsageException(
                    "--out " + folder + " is a model, which a training would write over: give a folder of its own");
        }
        if (DataSettings.in(folder)) {
            throw new UsageException("--out " + folder + " is a data set: give a folder of its own");
        }
    }

    /** Before judges are trained for minutes, or a step is made. */
    private static void requireEnough(DataSet set, String language) {
        int train = set.images(Split.TRAIN, language).size();
        int choosing = set.choosing(language).size();
        // Captions in other languages alone are another matter, which the training speaks of.
        if (train + choosing > 0 && (train < ExtractorTraining.FEWEST || choosing < EvaluationPlan.FEWEST)) {
            throw new UsageException("the data set " + set.name() + " has " + train + " to train on and " + choosing
                    + (set.choosingSplit(language) == Split.VALIDATION ? " for validation" : " held out")
                    + " with captions in '" + language + "', evaluations on held-out captions need "
                    + ExtractorTraining.FEWEST + " and " + EvaluationPlan.FEWEST
                    + ": --check-every 0 trains without evaluations"
                    + (train < Recipe.LEAST_BATCH
                            ? ", but needs at least " + Recipe.LEAST_BATCH + " to train on"
                            : ""));
        }
    }

    /** What the model may be passed on as, before hours have gone into it. */
    private static List<String> shareAlike(DataSet set, String language) {
        List<DataLicence> used = set.licences(language);
        return set.sources().stream()
                .filter(DataSource::shareAlike)
                .map(DataSource::terms)
                .filter(used::contains)
                .map(terms ->
                        PrintableText.line("limner: trains on images of " + terms.data() + " under " + terms.licence()
                                + ", which is share-alike: the model is to be passed on under that licence, with the attribution"
                                + " in its manifest"))
                .toList();
    }

    private @Nullable StartingPoint start() {
        boolean given = spec.commandLine().getParseResult().hasMatchedOption("--freeze");
        if (given && (frozen.isEmpty() || frozen.stream().anyMatch(String::isBlank))) {
            throw new UsageException("--freeze names a part that is empty, must be as in discriminator/start");
        }
        if (from != null) {
            return StartingPoint.of(ModelBundle.read(from), frozen);
        }
        if (!frozen.isEmpty()) {
            throw new UsageException("--freeze=" + String.join(",", frozen) + " needs --from: of which model?");
        }
        return null;
    }

    private Recipe recipe(@Nullable StartingPoint start) {
        Recipe recipe;
        if (recipeFile != null) {
            recipe = Recipe.read(recipeFile);
        } else if (start != null) {
            recipe = start.recipe();
        } else {
            throw new UsageException("--recipe or --from is needed: what is to be trained?");
        }
        Recipe seeded = seed == null ? recipe : recipe.withSeed(seed);
        return name == null ? seeded : seeded.withName(name);
    }

    private void train(
            TrainingLoop loop,
            TrainingLoop.Limit limit,
            Device device,
            @Nullable HeldOutCheck check,
            PrintWriter terminal) {
        StopOnExit stop = new StopOnExit(loop::stop);
        try {
            try (Progress progress =
                    Progress.of("training (seconds)", limit.time().toSeconds())) {
                Manifest manifest = loop.run(
                        limit,
                        device,
                        check,
                        shown(limit, progress, spec.commandLine().getErr()));
                terminal.printf("model %s@%s in %s%n", manifest.name(), manifest.digest(), out.resolve("model"));
                terminal.println("report in " + out.resolve("report.html"));
                terminal.println("limner up --model " + out.resolve("model") + " serves it" + asked(manifest));
            } catch (CancellationException e) {
                terminal.println(e.getMessage());
                terminal.flush();
            }
        } catch (RuntimeException e) {
            if (stop.stopping()) {
                // The process is gone before anybody else could say it.
                PrintWriter err = spec.commandLine().getErr();
                err.println("limner: " + e);
                err.flush();
            }
            throw e;
        } finally {
            stop.close();
        }
    }

    /** What jobs have to say to get it. */
    private static String asked(Manifest manifest) {
        return manifest.name().equals(ModelRef.DEFAULT.name())
                ? ""
                : ", limner submit --model " + manifest.name() + " asks for it";
    }

    static TrainingListener shown(TrainingLoop.Limit limit, Progress progress, PrintWriter terminal) {
        return new TrainingListener() {
            @Override
            public void started(int images, long step, double seconds) {
                if (seconds >= limit.time().toSeconds()) {
                    terminal.printf(
                            Locale.ROOT,
                            "no step is made: --minutes is %.1f, and earlier runs have trained for %.1f%n",
                            limit.time().toSeconds() / 60.0,
                            seconds / 60);
                }
                progress.to((long) seconds, CountedNoun.of(images, "image") + ", from step " + step);
            }

            @Override
            public void stepped(StepReport report, double seconds, double imagesPerSecond) {
                progress.to(
                        (long) seconds,
                        String.format(
                                Locale.ROOT,
                                "step %d  %.1f images/s  D %.3f  G %.3f  sign %.2f",
                                report.step() + 1,
                                imagesPerSecond,
                                report.discriminatorLoss(),
                                report.generatorLoss(),
                                report.realAboveGenerated()));
            }

            @Override
            public void checked(long step, Map<Metric, Estimate> figures, double score) {
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "step %d: score %.3f", step, score));
                figures.forEach((metric, estimate) ->
                        line.append(String.format(Locale.ROOT, "  %s %.4f", metric.id(), estimate.value())));
                terminal.println(line);
            }

            @Override
            public void alarm(String text) {
                terminal.println("alarm: " + text);
            }
        };
    }
}
