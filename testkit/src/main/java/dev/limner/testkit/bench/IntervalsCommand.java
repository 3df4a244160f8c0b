package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.launcher.UsageException;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.Variation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How often intervals of the evaluation hold the true value. */
@Command(
        name = "intervals",
        description = {
            "Measure on made-up samples how often the 95 % intervals of limner eval hold the true value: the mean over all"
                    + " samples, or for the real row what theory says. No model generates anything."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:no interval holds the true value clearly less often than nine times in ten",
            "1:something failed, or an interval does",
            "2:misuse"
        })
final class IntervalsCommand implements Callable<Integer> {
    private static final double LEAST = 0.9;
    private static final int MANY = 1_000_000;
    private static final double DIGITS = 1e6;
    private static final int FEWEST_IMAGES = 30;

    @Option(names = "--repetitions", paramLabel = "N", description = "Samples of each kind. Default: ${DEFAULT-VALUE}")
    int repetitions = 200;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Real images of a sample, and as many in their place. Default: ${DEFAULT-VALUE}")
    int images = 300;

    @Mixin
    SimulationOptions options = new SimulationOptions();

    @Override
    public Integer call() throws IOException {
        if (repetitions < 2 || images < FEWEST_IMAGES) {
            throw new UsageException("--repetitions is " + repetitions + " and --images " + images
                    + ", must be at least 2 and " + FEWEST_IMAGES);
        }
        PrintWriter terminal = options.terminal();
        IntervalSimulation simulation = new IntervalSimulation(images, options.seed);
        ObjectNode report = new ObjectMapper().createObjectNode();
        report.put("repetitions", repetitions).put("images", images).put("seed", options.seed);
        ArrayNode rows = report.putArray("rows");
        boolean kept = true;
        terminal.printf(
                Locale.ROOT,
                "%-16s %-21s %10s %10s %8s  %s%n",
                "sample",
                "figure",
                "true",
                "width",
                "holds",
                "of " + repetitions + " samples (95 %)");
        IntervalSimulation.World[] worlds = IntervalSimulation.World.values();
        try (Progress progress = Progress.of("samples", (long) repetitions * worlds.length)) {
            for (IntervalSimulation.World world : worlds) {
                Map<String, List<Estimate>> all = new LinkedHashMap<>();
                for (int repetition = 0; repetition < repetitions; repetition++) {
                    simulation
                            .sample(world, repetition)
                            .forEach((metric, estimate) -> all.computeIfAbsent(metric, key -> new ArrayList<>())
                                    .add(estimate));
                    progress.to((long) world.number() * repetitions + repetition + 1, world.text());
                }
                for (Map.Entry<String, List<Estimate>> entry : all.entrySet()) {
                    Double theory = world == IntervalSimulation.World.SAME
                            ? simulation.theory().get(entry.getKey())
                            : null;
                    Coverage coverage = Coverage.of(entry.getValue(), theory);
                    kept &= coverage.holds().high() >= LEAST;
                    rows.add(coverage.toJson(world.text(), entry.getKey()));
                    terminal.println(coverage.line(world.text(), entry.getKey()));
                }
            }
        }
        return options.end(report, kept);
    }

    /**
     * How often intervals held the true value.
     *
     * @param truth what they should hold
     * @param theory whether theory says so; else it is the mean of all samples
     * @param mean of all samples
     * @param width of the intervals
     * @param holds the share of those that do
     */
    private record Coverage(double truth, boolean theory, double mean, double width, Estimate holds) {
        static Coverage of(List<Estimate> estimates, @Nullable Double theory) {
            double mean = average(estimates, Estimate::value);
            double truth = theory == null ? mean : theory;
            double share = average(estimates, one -> one.low() <= truth && truth <= one.high() ? 1 : 0);
            int count = estimates.size();
            return new Coverage(
                    truth,
                    theory != null,
                    mean,
                    average(estimates, one -> one.high() - one.low()),
                    new Variation(share, share * (1 - share) / count, MANY).share(count, count));
        }

        private static double average(List<Estimate> estimates, ToDoubleFunction<Estimate> figure) {
            return estimates.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        String line(String world, String metric) {
            return String.format(
                    Locale.ROOT,
                    "%-16s %-21s %10.4f %10.4f %7.1f%%  (%.1f to %.1f)%s",
                    world,
                    metric,
                    truth,
                    width,
                    100 * holds.value(),
                    100 * holds.low(),
                    100 * holds.high(),
                    theory ? String.format(Locale.ROOT, "  by theory; the samples' mean is %.4f", mean) : "");
        }

        ObjectNode toJson(String world, String metric) {
            return new ObjectMapper()
                    .createObjectNode()
                    .put("sample", world)
                    .put("figure", metric)
                    .put("true", rounded(truth))
                    .put("byTheory", theory)
                    .put("mean", rounded(mean))
                    .put("width", rounded(width))
                    .put("holds", rounded(holds.value()))
                    .put("low", rounded(holds.low()))
                    .put("high", rounded(holds.high()));
        }

        private static double rounded(double value) {
            return Math.round(value * DIGITS) / DIGITS;
        }
    }
}
