package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code limner bench pipeline}. */
@Command(
        name = "pipeline",
        description = {
            "Measure how much of the model's speed the whole way of a job keeps. Measures text encoder and generator alone, then a"
                    + " backlog of jobs on an embedded broker to committed results of one warm worker, by turns, the median"
                    + " of the runs each; then the same without a model, beside a bare Kafka loop.",
            "The model alone is tried in one loop with one and with two threads of libtorch and in two loops of one thread,"
                    + " batches of 8 to 32; the best of all counts, the best of the single loop is shown beside it.",
            "Takes about ten minutes; nothing else should run."
        },
        mixinStandardHelpOptions = true)
final class PipelineCommand implements Callable<Integer> {
    private static final int WARM_UP_JOBS = 20_000;
    private static final int MODEL_WARM_UP = 4;
    private static final int MODEL_SECONDS = 10;
    private static final int HALF_LOAD_SECONDS = 30;

    enum Generator {
        MODEL,
        CONSTANT
    }

    /** Takes {@code null} as well, as earlier releases called the generator without a model. */
    static final class GeneratorName implements ITypeConverter<Generator> {
        @Override
        public Generator convert(String written) {
            return switch (written.toLowerCase(Locale.ROOT)) {
                case "model" -> Generator.MODEL;
                case "constant", "null" -> Generator.CONSTANT;
                default -> throw new TypeConversionException("must be model or constant");
            };
        }
    }

    @Option(
            names = "--generator",
            paramLabel = "model|constant",
            converter = GeneratorName.class,
            description =
                    "constant leaves the model's part out: one plain colour per image. Without this option, both.")
    List<Generator> generators = List.of();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int jobs;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often. Default: ${DEFAULT-VALUE}")
    int runs;

    @Option(names = "--quick", description = "No search for the model's best arrangement, no variants, no latency.")
    boolean quick;

    @Mixin
    FleetBenchOptions options = new FleetBenchOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    private ProjectLayout home;

    @SuppressWarnings("NullAway.Init")
    private BenchJobs captions;

    private final ObjectNode figures = new ObjectMapper().createObjectNode();

    @Override
    public Integer call() throws InterruptedException {
        if (jobs < 1 || runs < 1) {
            throw new UsageException("--jobs is " + jobs + " and --runs is " + runs + ", both must be at least 1");
        }
        home = ProjectLayout.find();
        captions = BenchJobs.of(home);
        if (generators.isEmpty() || generators.contains(Generator.MODEL)) {
            model();
        }
        if (generators.isEmpty() || generators.contains(Generator.CONSTANT)) {
            withoutModel();
        }
        options.end(figures);
        return 0;
    }

    private void model() throws InterruptedException {
        List<ModelSpeed> glances = quick ? ModelSpeed.USUALLY_BEST : search();
        ModelSpeed best = ModelSpeed.best(glances);
        ModelSpeed bestLoop = ModelSpeed.best(
                glances.stream().filter(speed -> speed.loops() == 1).toList());
        double[] alone = new double[runs];
        double[] loop = new double[runs];
        double[] whole = new double[runs];
        CpuShares shares = new CpuShares();
        try (BenchFleet fleet = BenchFleet.start(home, options.extra);
                JobBacklog backlog = fleet.backlog()) {
            warmUp(backlog, WARM_UP_JOBS);
            for (int run = 0; run < runs; run++) {
                alone[run] = best.measured(home, MODEL_WARM_UP, MODEL_SECONDS).imagesPerSecond();
                loop[run] =
                        bestLoop.measured(home, MODEL_WARM_UP, MODEL_SECONDS).imagesPerSecond();
                whole[run] = measured(fleet, backlog, captions.distinct(name(), jobs, ImageFormat.PNG), shares);
                options.say(
                        "run %d: model alone %.0f images/s, in one loop %.0f, end to end %.0f",
                        run + 1, alone[run], loop[run], whole[run]);
            }
            double ratio = median(whole) / median(alone);
            double loopRatio = median(whole) / median(loop);
            options.say("end to end %.0f images/s", median(whole));
            options.say("model alone %.0f (%s): ratio %.3f", median(alone), best.description(), ratio);
            options.say(
                    "model alone in one loop %.0f (%s): ratio %.3f", median(loop), bestLoop.description(), loopRatio);
            shares.print(out());
            figures.put("modelOnly", rounded(median(alone)));
            figures.put("modelOnlyBy", best.description());
            figures.put("endToEnd", rounded(median(whole)));
            figures.put("ratio", Math.round(ratio * 1000) / 1000.0);
            figures.put("modelOnlyOneLoop", rounded(median(loop)));
            figures.put("modelOnlyOneLoopBy", bestLoop.description());
            figures.put("ratioOneLoop", Math.round(loopRatio * 1000) / 1000.0);
            figures.set("stages", shares.json());
            if (!quick) {
                variants(fleet, backlog, median(whole));
            }
            Long peak = fleet.worker().peakRssMiB();
            figures.put("workerRssMiB", peak);
            options.say("worker's peak RSS %s MiB", String.valueOf(peak));
        }
        if (!quick) {
            double os = once("store durability os", Map.of("limner.worker.store.durability", "os"), false);
            figures.put("osDurability", os);
            figures.put("durableBroker", once("a broker that forces every record", Map.of(), true));
        }
    }

    private List<ModelSpeed> search() throws InterruptedException {
        List<ModelSpeed> glances = new ArrayList<>();
        for (ModelSpeed candidate : ModelSpeed.candidates()) {
            ModelSpeed measured = candidate.glance(home);
            options.say("model alone, %s: %.0f images/s", measured.description(), measured.imagesPerSecond());
            glances.add(measured);
        }
        return glances;
    }

    /** What changes when one thing is different. */
    private void variants(BenchFleet fleet, JobBacklog backlog, double usual) throws InterruptedException {
        double repeating = jobs / backlog.run(captions.repeating(name(), jobs, ImageFormat.PNG));
        options.say("captions that repeat: %.0f images/s", repeating);
        figures.put("repeatingCaptions", rounded(repeating));
        double jpeg = jobs / backlog.run(captions.distinct(name(), jobs, ImageFormat.JPEG));
        options.say("JPEG: %.0f images/s", jpeg);
        figures.put("jpeg", rounded(jpeg));
        double half = usual / 2;
        List<Job> paced = captions.distinct(name(), (int) (half * HALF_LOAD_SECONDS), ImageFormat.PNG);
        LatencyPercentiles latency = PacedLoad.run(fleet.client(), paced, half);
        options.say("at half load, %.0f jobs/s: %s", half, latency);
        figures.set("halfLoadMillis", latency.json());
    }

    /** Images/s of a fleet with other settings, warmed up for a shorter time, one run. */
    private double once(String what, Map<String, String> settings, boolean durable) throws InterruptedException {
        Map<String, String> all = new HashMap<>(options.extra);
        all.putAll(settings);
        try (BenchFleet fleet = BenchFleet.start(home, all, durable);
                JobBacklog backlog = fleet.backlog()) {
            warmUp(backlog, WARM_UP_JOBS / 4);
            double rate = jobs / backlog.run(captions.distinct(name(), jobs, ImageFormat.PNG));
            options.say("%s: %.0f images/s", what, rate);
            return rounded(rate);
        }
    }

    private void withoutModel() throws InterruptedException {
        Map<String, String> settings = new HashMap<>(options.extra);
        settings.put("limner.worker.generator", "constant");
        double[] rates = new double[runs];
        double[] raw = new double[runs];
        CpuShares shares = new CpuShares();
        try (BenchFleet fleet = BenchFleet.start(home, settings);
                JobBacklog backlog = fleet.backlog()) {
            warmUp(backlog, WARM_UP_JOBS);
            RawLoop loop = new RawLoop(fleet.bootstrap());
            double ledgerBefore = fleet.worker().metric("limner_ledger_seconds_total");
            loop.run(captions.distinct(name(), WARM_UP_JOBS, ImageFormat.PNG));
            for (int run = 0; run < runs; run++) {
                List<Job> batch = captions.distinct(name(), jobs, ImageFormat.PNG);
                raw[run] = loop.run(batch);
                rates[run] = measured(fleet, backlog, batch, shares);
                options.say("run %d: without model %.0f jobs/s, bare Kafka loop %.0f", run + 1, rates[run], raw[run]);
            }
            double ledger = fleet.worker().metric("limner_ledger_seconds_total") - ledgerBefore;
            double micros = ledger * 1e6 / ((double) runs * jobs);
            options.say("the ledger costs %.2f microseconds a job", micros);
            figures.put("ledgerMicrosPerJob", Math.round(micros * 100) / 100.0);
        }
        options.say("median: without model %.0f jobs/s, bare Kafka loop %.0f", median(rates), median(raw));
        shares.print(out());
        figures.put("nullJobsPerSecond", rounded(median(rates)));
        figures.put("rawJobsPerSecond", rounded(median(raw)));
        figures.set("nullStages", shares.json());
    }

    private static double measured(BenchFleet fleet, JobBacklog backlog, List<Job> jobs, CpuShares shares) {
        CpuShares.Mark before = CpuShares.mark(fleet.worker().pid());
        double seconds = backlog.run(jobs);
        shares.add(before, seconds, jobs.size());
        return jobs.size() / seconds;
    }

    private void warmUp(JobBacklog backlog, int count) {
        backlog.run(captions.distinct(name(), count, ImageFormat.PNG));
        backlog.run(captions.distinct(name(), count / 4, ImageFormat.JPEG));
    }

    private static String name() {
        return "bench-" + Long.toString(System.nanoTime(), 36);
    }

    private static double median(double[] values) {
        return new Median().evaluate(values);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
