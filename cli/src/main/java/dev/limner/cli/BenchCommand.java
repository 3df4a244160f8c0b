package dev.limner.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.Job;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench}: figures about this machine. */
@Command(
        name = "bench",
        description = "Measure.",
        mixinStandardHelpOptions = true,
        subcommands = BenchCommand.Latency.class)
final class BenchCommand {
    private BenchCommand() {}

    /** {@code limner bench latency}. */
    @Command(
            name = "latency",
            description = {
                "Time from sending one job to reading its committed result, on an otherwise idle fleet: an embedded broker,"
                        + " one worker, the shipped model. One job at a time, distinct captions, after a warm-up."
            },
            mixinStandardHelpOptions = true)
    static final class Latency implements Callable<Integer> {
        private static final int WARM_UP = 200;
        private static final Duration PATIENCE = Duration.ofSeconds(30);

        @Option(names = "--jobs", paramLabel = "N", defaultValue = "500", description = "Default: ${DEFAULT-VALUE}")
        int jobs;

        @Option(names = "--json", description = "End with one JSON object.")
        boolean json;

        @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting of the worker.")
        Map<String, String> extra = Map.of();

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            if (jobs < 1) {
                throw new UsageException("--jobs is " + jobs + ", must be at least 1");
            }
            Home home = Home.find();
            PrintWriter terminal = spec.commandLine().getOut();
            Path folder = home.state().resolve("bench");
            double[] millis = new double[jobs];
            try (LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT)) {
                Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
                fleet.startWorkers(home, 1, folder.resolve("store"), folder.resolve("logs"), 0, extra);
                FleetClient client = new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
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
                report(terminal, millis, peakRssMiB(fleet.workers().get(0).pid()));
            }
            return 0;
        }

        private static double once(FleetClient.Sender sender, FleetClient.Reader reader, String name) {
            Job job = new JobOptions()
                    .jobs(List.of("a picture of number " + name), name, null)
                    .get(0);
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

        private void report(PrintWriter terminal, double[] millis, @Nullable Long rss) {
            Arrays.sort(millis);
            terminal.printf(
                    Locale.ROOT,
                    "submit to result, %d jobs: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, worst %.1f ms; worker's peak RSS %s MiB%n",
                    jobs,
                    percentile(millis, 0.5),
                    percentile(millis, 0.95),
                    percentile(millis, 0.99),
                    millis[millis.length - 1],
                    rss);
            if (json) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.put("jobs", jobs);
                node.put("p50", percentile(millis, 0.5));
                node.put("p95", percentile(millis, 0.95));
                node.put("p99", percentile(millis, 0.99));
                node.put("worst", millis[millis.length - 1]);
                node.put("workerPeakRssMiB", rss);
                terminal.println(node);
            }
            terminal.flush();
        }

        private static double percentile(double[] sorted, double share) {
            int at = (int) Math.ceil(share * sorted.length) - 1;
            return Math.round(sorted[Math.max(0, at)] * 10) / 10.0;
        }
    }

    /** The most memory a process has held, as the kernel counts it; null where there is no {@code /proc}. */
    static @Nullable Long peakRssMiB(long pid) {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return null;
        }
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("the memory of process " + pid + " cannot be read", e);
        }
    }
}
