package dev.limner.testkit.bench;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.arithmetic.ConvolutionTrial;
import dev.limner.generator.arithmetic.ConvolutionTrial.Finding;
import dev.limner.generator.arithmetic.KernelSettings;
import dev.limner.generator.arithmetic.Processor;
import dev.limner.generator.arithmetic.UnsupportedArithmeticException;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.TrainingBatch;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code limner bench convolution}: which convolutions come out wrong on this machine, as they are and with channels padded
 * to multiples of 16, and what the padding costs.
 */
@Command(
        name = "convolution",
        description = {
            "Compare convolutions and their gradients with plain loops, as they are and padded to multiples of 16"
                    + " channels, and measure what the padding costs."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:right, at least padded", "1:something failed, or some come out wrong even padded", "2:misuse"
        })
final class ConvolutionCommand implements Callable<Integer> {
    private static final int[] CHANNELS = {1, 3, 12, 16, 17, 20, 32};
    private static final int SIDE = 16;
    private static final int BATCH = 4;
    private static final int WARM_UP = 3;
    private static final double MILLIS = 1e6;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of libtorch. Default: the machine's cores, ${DEFAULT-VALUE}")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String deviceName;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "15",
            description = "Batches and steps timed, of which the fastest counts. Default: ${DEFAULT-VALUE}")
    int repeat;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        if (repeat < 1) {
            throw new UsageException("--repeat is " + repeat + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        Device device = DeviceChoice.resolve(deviceName);
        TorchThreads.set(threads);
        ModelBundle bundle = ModelBundle.read(home.defaultModel());
        Recipe recipe = Recipe.read(home.root().resolve("recipes/limner-64.yaml"));
        PrintWriter out = spec.commandLine().getOut();
        Processor processor = Processor.here();
        out.printf(
                Locale.ROOT,
                "libtorch %s on %s, %s; oneDNN's kernels: %s; %d thread(s)%n",
                Engine.getEngine("PyTorch").getVersion(),
                device,
                processor,
                KernelSettings.here().code(),
                threads);
        Set<ConvolutionShape> shapes = shapes(bundle, recipe, device);
        boolean plain = table(out, device, false, shapes);
        boolean padded = table(out, device, true, shapes);
        selfTest(out, device, bundle, recipe);
        if (padded) {
            costs(out, device, bundle, recipe, plain);
        }
        out.flush();
        return padded ? 0 : 1;
    }

    private static Set<ConvolutionShape> shapes(ModelBundle bundle, Recipe recipe, Device device) {
        Set<ConvolutionShape> shapes = new LinkedHashSet<>(ConvolutionShape.AWKWARD);
        for (int in : CHANNELS) {
            for (int out : CHANNELS) {
                shapes.add(ConvolutionShape.keeping(BATCH, in, out, 3, SIDE));
                shapes.add(ConvolutionShape.keeping(BATCH, in, out, 1, SIDE));
            }
        }
        shapes.addAll(bundle.manifest().generator().convolutions(ReferenceBatch.on(device)));
        shapes.addAll(GanTrainer.convolutions(recipe));
        return shapes;
    }

    /** Whether all came out right. */
    private static boolean table(PrintWriter out, Device device, boolean padded, Set<ConvolutionShape> shapes) {
        ConvolutionTrial trial = ConvolutionTrial.ofLibrary(padded, device);
        List<Finding> findings = shapes.stream()
                .flatMap(shape -> trial.run(shape, true).stream())
                .toList();
        out.printf(Locale.ROOT, "%n%s: %d shapes%n", padded ? "padded" : "as they are", shapes.size());
        for (ConvolutionTrial.Pass pass : ConvolutionTrial.Pass.values()) {
            List<Finding> wrong = findings.stream()
                    .filter(finding -> finding.pass() == pass && finding.wrong())
                    .toList();
            String worst = wrong.stream()
                    .limit(3)
                    .map(finding -> String.format(Locale.ROOT, "%s off by %.3g", finding.shape(), finding.off()))
                    .collect(Collectors.joining("; "));
            out.printf(Locale.ROOT, "  %-24s wrong: %4d  %s%n", pass.text(), wrong.size(), worst);
        }
        return findings.stream().noneMatch(Finding::wrong);
    }

    private static void selfTest(PrintWriter out, Device device, ModelBundle bundle, Recipe recipe) {
        ConvolutionSupport support = ConvolutionSupport.on(device);
        try {
            double forward = millis(() ->
                    support.require(bundle.manifest().generator().convolutions(ReferenceBatch.on(device)), false));
            double training = millis(() -> support.require(GanTrainer.convolutions(recipe), true));
            out.printf(
                    Locale.ROOT,
                    "%nself-test: passed %s; %.0f ms forward, %.0f ms with gradients%n",
                    support.pads() ? "with channels padded" : "as they are",
                    forward,
                    training);
        } catch (UnsupportedArithmeticException e) {
            out.println("\nself-test: refused; " + e.getMessage());
        }
    }

    private void costs(PrintWriter out, Device device, ModelBundle bundle, Recipe recipe, boolean plain) {
        int batch = ReferenceBatch.on(device);
        List<RenderRequest> requests = ProbeImages.requests(bundle.manifest().inputs(), batch);
        ConvolutionSupport support = ConvolutionSupport.on(device);
        try (Renderer renderer = Renderer.load(bundle, device);
                GanTrainer training = new GanTrainer(recipe, device)) {
            TrainingBatch material = material(recipe);
            long[] step = {0};
            double[][] generate = new double[2][repeat];
            double[][] learn = new double[2][repeat];
            // In turns, so that what else the machine does falls on both.
            for (int i = -WARM_UP; i < repeat; i++) {
                for (int padded = plain ? 0 : 1; padded < 2; padded++) {
                    int place = Math.max(i, 0);
                    int side = padded;
                    support.with(padded == 1, () -> {
                        generate[side][place] = millis(() -> renderer.render(requests, batch));
                        learn[side][place] = millis(() -> training.step(step[0]++, List.of(material)));
                    });
                }
            }
            row(out, "generating a batch of " + batch, generate, plain);
            row(out, "a training step of " + recipe.batch(), learn, plain);
        }
    }

    private static void row(PrintWriter out, String what, double[][] millis, boolean plain) {
        double padded = fastest(millis[1]);
        if (plain) {
            double bare = fastest(millis[0]);
            out.printf(
                    Locale.ROOT,
                    "%s: %.1f ms as it is, %.1f ms padded, %+.1f %%%n",
                    what,
                    bare,
                    padded,
                    100 * (padded / bare - 1));
        } else {
            out.printf(Locale.ROOT, "%s: %.1f ms padded%n", what, padded);
        }
    }

    private static TrainingBatch material(Recipe recipe) {
        int side = recipe.generator().output().side();
        int text = recipe.generator().inputs().sentence();
        int size = recipe.batch();
        return new TrainingBatch(
                size,
                CounterNoise.normal(1, 0, size * 3 * side * side),
                CounterNoise.normal(1, 1, size * text),
                CounterNoise.normal(1, 2, size * text));
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / MILLIS;
    }

    /** What else the machine does only ever makes it slower. */
    private static double fastest(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }
}
