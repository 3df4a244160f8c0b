package dev.limner.testkit.bench;

import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench latency}. */
@Command(
        name = "latency",
        description = {
            "Measure the time from sending one job to reading its committed result, on a fleet of its own: an embedded broker,"
                    + " one worker, the shipped model. One job at a time, or with --rate many; distinct captions, after a warm-up."
        },
        mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {
    private static final int WARM_UP = 200;
    private static final int WARM_UP_AT_A_RATE = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "500",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int jobs;

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            description = "Jobs arrive at random times at this mean rate instead of one after the other.")
    @Nullable
    Double rate;

    @Mixin
    FleetBenchOptions options = new FleetBenchOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (rate != null && rate <= 0) {
            throw new UsageException("--rate is " + rate + ", must be above 0");
        }
        if (jobs < 1) {
            throw new UsageException("--jobs is " + jobs + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        double[] millis = new double[jobs];
        try (BenchFleet fleet = BenchFleet.start(home, options.extra)) {
            FleetClient client = fleet.client();
            if (rate != null) {
                BenchJobs captions = BenchJobs.of(home);
                try (JobBacklog backlog = fleet.backlog()) {
                    backlog.run(captions.distinct("warm-up", WARM_UP_AT_A_RATE, ImageFormat.PNG));
                }
                List<Job> paced = captions.distinct("paced", jobs, ImageFormat.PNG);
                report(
                        terminal,
                        PacedLoad.run(client, paced, rate),
                        fleet.worker().peakRssMiB());
                return 0;
            }
            String run = Long.toString(System.currentTimeMillis(), 36);
            try (FleetClient.Reader reader = client.results(false);
                    FleetClient.Sender sender = client.sender();
                    Progress progress = Progress.of("jobs", jobs)) {
                for (int i = 0; i < WARM_UP; i++) {
                    once(sender, reader, run + "-warm-" + i);
                }
                SplittableRandom random = new SplittableRandom(1);
                for (int i = 0; i < jobs; i++) {
                    // Irregular gaps, so that no timer of the pipeline falls into step with the jobs.
                    Thread.sleep(random.nextInt(5, 40));
                    millis[i] = once(sender, reader, run + "-" + i);
                    progress.to(i + 1, "");
                }
            }
            report(terminal, LatencyPercentiles.of(millis), fleet.worker().peakRssMiB());
        }
        return 0;
    }

    private static double once(FleetClient.Sender sender, FleetClient.Reader reader, String name) {
        Job job = BenchJobs.job(name, "an image of number " + name, ImageFormat.PNG);
        long start = System.nanoTime();
        // A job that is not taken has no result either, and that is what is waited for.
        var unused = sender.send(job, Topics.Lane.INTERACTIVE);
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            if (reader.pollResults(Duration.ofMillis(100)).stream()
                    .anyMatch(result -> result.jobId().equals(job.id()))) {
                return (System.nanoTime() - start) / 1e6;
            }
        }
        throw new IllegalStateException("no result for " + job.id() + " in " + PATIENCE.toSeconds() + " s");
    }

    private void report(PrintWriter terminal, LatencyPercentiles percentiles, @Nullable Long rss) {
        terminal.printf(
                Locale.ROOT, "submit to result, %d jobs: %s; worker's peak RSS %s MiB%n", jobs, percentiles, rss);
        if (options.json) {
            terminal.println(percentiles.json().put("workerPeakRssMiB", rss));
        }
        terminal.flush();
    }
}
