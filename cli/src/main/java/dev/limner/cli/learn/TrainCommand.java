package dev.limner.cli;

import ai.djl.Device;
import dev.limner.cli.fleet.Home;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.text.MiniLmTextEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.trainer.data.DataSet;
import dev.limner.trainer.data.Shards;
import dev.limner.trainer.eval.SampleGrid;
import dev.limner.trainer.loop.TrainingListener;
import dev.limner.trainer.loop.TrainingLoop;
import dev.limner.trainer.recipe.Recipe;
import dev.limner.trainer.tune.StepReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner train}: a recipe and a data set to a model bundle. */
@Command(
        name = "train",
        description = {
            "Train a generator. The output folder gets model/ (the bundle), grid.png (fixed captions, renewed while it"
                    + " runs), log.jsonl (losses) and checkpoint/.",
            "The same command goes on where a killed one stopped."
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Runnable {
    private static final long GRID_SEED = 5;

    @Option(names = "--recipe", required = true, paramLabel = "FILE", description = "What to train, as YAML.")
    @SuppressWarnings("NullAway.Init")
    Path recipeFile;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Folder of WebDataset tar shards (KEY.png and KEY.json).")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where everything goes.")
    @SuppressWarnings("NullAway.Init")
    Path out;

    @Option(
            names = "--minutes",
            defaultValue = "60",
            description = "Time spent training, earlier runs of it included. Default: ${DEFAULT-VALUE}")
    double minutes;

    @Option(names = "--steps", description = "Stop after this many steps, if that comes first.")
    long steps = Long.MAX_VALUE;

    @Option(names = "--device", defaultValue = "auto", description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String device;

    @Option(names = "--threads", description = "Threads of libtorch. Default: the machine's cores, ${DEFAULT-VALUE}")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--grid-captions",
            paramLabel = "FILE",
            description = "Captions of the sample grid, one a line. Default: data/captions-64.txt")
    @Nullable
    Path gridCaptions;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        Home home = Home.find();
        PrintWriter terminal = spec.commandLine().getOut();
        Recipe recipe = Recipe.read(recipeFile);
        DataSet set = Shards.read(
                data, recipe.generator().side(), (entry, why) -> terminal.println("skipped " + entry + ": " + why));
        Device chosen = DeviceChoice.resolve(device);
        TorchThreads.set(threads);
        SampleGrid grid =
                new SampleGrid(captions(gridCaptions == null ? home.gridCaptions() : gridCaptions), GRID_SEED);
        TrainingLoop.Limit limit = new TrainingLoop.Limit(Duration.ofSeconds(Math.round(minutes * 60)), steps);
        try (TextEncoder encoder = MiniLmTextEncoder.load(home.cache(), threads);
                Progress progress =
                        Progress.of("training (seconds)", limit.time().toSeconds())) {
            Manifest manifest = new TrainingLoop(recipe, set, encoder, grid, out).run(limit, chosen, shown(progress));
            terminal.printf("model %s@%s in %s%n", manifest.name(), manifest.digest(), out.resolve("model"));
        }
    }

    private static TrainingListener shown(Progress progress) {
        return new TrainingListener() {
            @Override
            public void started(int pictures, long step, double seconds) {
                progress.to((long) seconds, pictures + " pictures, from step " + step);
            }

            @Override
            public void stepped(StepReport report, double seconds, double imagesPerSecond) {
                progress.to(
                        (long) seconds,
                        String.format(
                                Locale.ROOT,
                                "step %d  %.1f images/s  D %.3f  G %.3f  sign %.2f",
                                report.step(),
                                imagesPerSecond,
                                report.discriminatorLoss(),
                                report.generatorLoss(),
                                report.realAboveDrawn()));
            }
        };
    }

    private static List<String> captions(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the grid's captions " + file + " cannot be read", e);
        }
    }
}
