package dev.limner.testkit.bench;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.TorchThreads;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.loop.AheadQueue;
import dev.limner.training.loop.BatchSampler;
import dev.limner.training.loop.TrainingLoop;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.PreparedStep;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench train}: how fast a recipe trains, and what of it is waiting for data. */
@Command(
        name = "train",
        description = {
            "Measure a recipe's training steps on a data set: images per second, and the share of time that a step waits for its"
                    + " images, captions and noise. In rounds, 16 steps whose data is prepared ahead by another thread, as"
                    + " limner train does, and 16 whose data is prepared in the step. Nothing is saved."
        },
        mixinStandardHelpOptions = true)
final class TrainingCommand implements Callable<Integer> {
    /** As many as have every penalty of the usual recipes twice. */
    private static final int STEPS = 16;

    private static final int WARM_UP = 8;
    private static final double NANOS = 1e9;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "What to train, as YAML. Default: recipes/limner-64.yaml")
    @Nullable
    Path recipeFile;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "A data set as limner data import makes it. Default: data/emoji")
    @Nullable
    Path data;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of libtorch. Default: the machine's cores, ${DEFAULT-VALUE}")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often both ways are measured. Default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(names = "--json", description = "End with one JSON object.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** Where the next step's data comes from, and how long that took. */
    private interface Feed extends AutoCloseable {
        PreparedStep next();

        double waitedSeconds();

        @Override
        void close();
    }

    /** What one of the two ways came to. */
    private static final class Tally {
        private double seconds;
        private double waited;
        private long steps;

        double stepsPerSecond() {
            return steps / seconds;
        }

        double waitingShare() {
            return waited / seconds;
        }

        ObjectNode json(int imagesPerStep) {
            return new ObjectMapper()
                    .createObjectNode()
                    .put("steps", steps)
                    .put("stepsPerSecond", rounded(stepsPerSecond(), 3))
                    .put("imagesPerSecond", rounded(stepsPerSecond() * imagesPerStep, 1))
                    .put("waitingShare", rounded(waitingShare(), 5));
        }
    }

    @Override
    public Integer call() {
        atLeastOne("--threads", threads);
        atLeastOne("--rounds", rounds);
        ProjectLayout home = ProjectLayout.find();
        Recipe recipe = Recipe.read(recipeFile == null ? home.root().resolve("recipes/limner-64.yaml") : recipeFile);
        DataSet set = read(data == null ? home.root().resolve("data/emoji") : data, recipe);
        Device chosen = DeviceChoice.resolve(device);
        TorchThreads.set(threads);
        Tally ahead = new Tally();
        Tally inStep = new Tally();
        try (TextEncoder encoder = PretrainedEncoder.of(recipe.text().encoder()).load(home.cache(), threads);
                GanTrainer training = new GanTrainer(recipe, chosen);
                Progress progress = Progress.of("training (steps)", 2L * STEPS * rounds)) {
            BatchSampler sampler = new BatchSampler(recipe, set, encoder);
            long step = run(training, inStep(training, sampler, 0), 0, WARM_UP, new Tally());
            for (int round = 0; round < rounds; round++) {
                step = run(training, ahead(training, sampler, step), step, STEPS, ahead);
                step = run(training, inStep(training, sampler, step), step, STEPS, inStep);
                progress.to(2L * STEPS * (round + 1), "round " + (round + 1) + " of " + rounds);
            }
        }
        tell(recipe, set, ahead, inStep);
        return 0;
    }

    private DataSet read(Path folder, Recipe recipe) {
        PrintWriter err = spec.commandLine().getErr();
        return ShardFiles.read(
                folder,
                recipe.generator().output().side(),
                (entry, reason, detail) ->
                        err.println(PrintableText.line("skipped " + entry + ": " + reason.text() + " " + detail)));
    }

    private static long run(GanTrainer training, Feed feed, long first, int steps, Tally tally) {
        try (feed) {
            long begun = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                training.step(feed.next());
            }
            tally.seconds += (System.nanoTime() - begun) / NANOS;
            tally.waited += feed.waitedSeconds();
            tally.steps += steps;
            return first + steps;
        }
    }

    private static Feed ahead(GanTrainer training, BatchSampler sampler, long first) {
        AheadQueue<PreparedStep> queue = TrainingLoop.ahead(training, sampler, first);
        return new Feed() {
            @Override
            public PreparedStep next() {
                return queue.take();
            }

            @Override
            public double waitedSeconds() {
                return queue.waitedSeconds();
            }

            @Override
            public void close() {
                queue.close();
            }
        };
    }

    private static Feed inStep(GanTrainer training, BatchSampler sampler, long first) {
        return new Feed() {
            private long next = first;
            private long nanos;

            @Override
            public PreparedStep next() {
                long begun = System.nanoTime();
                PreparedStep prepared = training.prepare(next, sampler.batches(next));
                next++;
                nanos += System.nanoTime() - begun;
                return prepared;
            }

            @Override
            public double waitedSeconds() {
                return nanos / NANOS;
            }

            @Override
            public void close() {
                // Each step closed what it took.
            }
        };
    }

    private void tell(Recipe recipe, DataSet set, Tally ahead, Tally inStep) {
        PrintWriter terminal = spec.commandLine().getOut();
        int images = recipe.batch() * recipe.batches();
        line(terminal, "prepared ahead", images, ahead);
        line(terminal, "prepared in the step", images, inStep);
        if (json) {
            ObjectNode figures = new ObjectMapper().createObjectNode();
            figures.put("recipe", recipe.name())
                    .put("data", set.name())
                    .put("side", recipe.generator().output().side())
                    .put("batch", recipe.batch())
                    .put("threads", threads);
            figures.set("ahead", ahead.json(images));
            figures.set("inStep", inStep.json(images));
            terminal.println(figures);
        }
        terminal.flush();
    }

    private static void line(PrintWriter terminal, String way, int images, Tally tally) {
        terminal.printf(
                Locale.ROOT,
                "%s: %.2f steps/s, %.1f images/s, %.2f %% of the time waiting for data%n",
                way,
                tally.stepsPerSecond(),
                tally.stepsPerSecond() * images,
                100 * tally.waitingShare());
    }

    private static double rounded(double value, int digits) {
        double scale = Math.pow(10, digits);
        return Math.round(value * scale) / scale;
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new UsageException(option + " is " + value + ", must be at least 1");
        }
    }
}
