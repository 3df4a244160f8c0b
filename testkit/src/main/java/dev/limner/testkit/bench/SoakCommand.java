package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.image.FontSupport;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.launcher.UsageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench soak}. */
@Command(
        name = "soak",
        description = {
            "Measure whether a worker's memory and open files stay flat: full load with bad input mixed in, a sample every five"
                    + " seconds, a straight line fitted after the warm-up. Leaves soak.csv and soak.png."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:flat", "1:something failed", "2:misuse", "3:not flat, or a record without its answer"})
final class SoakCommand implements Callable<Integer> {
    private static final double MOST_MIB_PER_MINUTE = 0.5;
    private static final double MOST_FILES_PER_MINUTE = 0.1;
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration DRAIN_WITHIN = Duration.ofMinutes(1);
    private static final int NOT_FLAT = 3;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "30",
            description = "Minutes that count, after the warm-up. Default: ${DEFAULT-VALUE}")
    double minutes;

    @Option(
            names = "--warm-up",
            paramLabel = "M",
            defaultValue = "5",
            description = "Minutes before. Default: ${DEFAULT-VALUE}")
    double warmUp;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the curve goes. Default: .limner/soak")
    @Nullable
    Path out;

    @Mixin
    FleetBenchOptions options = new FleetBenchOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (minutes <= 0 || warmUp < 0) {
            throw new UsageException(
                    "--minutes is " + minutes + " and --warm-up is " + warmUp + ", must be above 0 and at least 0");
        }
        ProjectLayout home = ProjectLayout.find();
        Path folder = out == null ? home.state().resolve("soak") : out;
        SoakCurve curve = new SoakCurve();
        try (BenchFleet fleet = BenchFleet.start(home, options.extra);
                SoakLoad load = new SoakLoad(fleet.client(), BenchJobs.of(home))) {
            run(fleet.worker(), load, curve);
            curve.write(folder);
            boolean flat = report(curve, load, folder);
            return flat && load.asSent() ? 0 : NOT_FLAT;
        }
    }

    private void run(ServiceProcess worker, SoakLoad load, SoakCurve curve) {
        long start = System.nanoTime();
        long next = start;
        double total = warmUp + minutes;
        try (Progress progress = Progress.of("minutes", (long) Math.ceil(total))) {
            for (double at = 0; at < total; at = minutesSince(start)) {
                load.turn(true);
                if (System.nanoTime() >= next) {
                    next += EVERY.toNanos();
                    SoakCurve.Sample sample = sample(worker, at, load.completed());
                    curve.add(sample);
                    progress.to(
                            (long) at,
                            String.format(
                                    Locale.ROOT,
                                    "%.1f MiB, %d files, %d images",
                                    sample.rssMiB(),
                                    sample.files(),
                                    sample.images()));
                }
            }
        }
        long drained = System.nanoTime() + DRAIN_WITHIN.toNanos();
        while (!load.allAnswered() && System.nanoTime() < drained) {
            load.turn(false);
        }
    }

    private static SoakCurve.Sample sample(ServiceProcess worker, double at, long images) {
        String needed = "a soak needs /proc and a worker that lives";
        double rss = Objects.requireNonNull(worker.rssKib(), needed) / 1024.0;
        return new SoakCurve.Sample(at, rss, Objects.requireNonNull(worker.openFiles(), needed), images);
    }

    private static double minutesSince(long start) {
        return (System.nanoTime() - start) / 60e9;
    }

    private boolean report(SoakCurve curve, SoakLoad load, Path folder) {
        double rss = curve.rssSlope(warmUp);
        double files = curve.fileSlope(warmUp);
        boolean flat = rss < MOST_MIB_PER_MINUTE && files < MOST_FILES_PER_MINUTE;
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf(
                Locale.ROOT,
                "%s: RSS %+.3f MiB per minute (limit %.1f), open files %+.3f a minute; %s%n",
                flat ? "flat" : "not flat",
                rss,
                MOST_MIB_PER_MINUTE,
                files,
                load.tally());
        terminal.println(FontSupport.missing()
                .map(why -> "figures: " + folder.resolve("soak.csv") + "; no curve, because " + why)
                .orElse("curve: " + folder.resolve("soak.png")));
        if (options.json) {
            terminal.println(new ObjectMapper()
                    .createObjectNode()
                    .put("minutes", minutes)
                    .put("images", load.completed())
                    .put("rssMiBPerMinute", Math.round(rss * 1000) / 1000.0)
                    .put("filesPerMinute", Math.round(files * 1000) / 1000.0)
                    .put("asSent", load.asSent())
                    .put("flat", flat));
        }
        terminal.flush();
        return flat;
    }
}
