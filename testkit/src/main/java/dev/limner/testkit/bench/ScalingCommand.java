package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ImageFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limner bench scaling}. */
@Command(
        name = "scaling",
        description = {
            "Measure how a fleet's throughput grows with its workers. Each has a simulated device that takes a fixed time for a batch"
                    + " of 32, whatever is in it; encoding, store and Kafka are real. Shown against the first fleet's rate a"
                    + " worker, with the share of the machine's cores that the workers used."
        },
        mixinStandardHelpOptions = true)
final class ScalingCommand implements Callable<Integer> {
    private static final int BATCH = 32;

    @Option(
            names = "--workers",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4,8",
            description = "Fleets to try. Default: ${DEFAULT-VALUE}")
    List<Integer> workers = List.of();

    @Option(
            names = "--device-millis",
            paramLabel = "MS",
            defaultValue = "200",
            description = "What the device takes for a batch. Default: ${DEFAULT-VALUE}")
    int deviceMillis;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "How long each fleet would take if it scaled. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Mixin
    FleetBenchOptions options = new FleetBenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (deviceMillis < 1 || seconds < 1 || workers.stream().anyMatch(count -> count < 1)) {
            throw new UsageException("--device-millis is " + deviceMillis + ", --seconds is " + seconds
                    + ", --workers is " + workers + "; all must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        BenchJobs captions = BenchJobs.of(home);
        ObjectNode figures = new ObjectMapper().createObjectNode();
        double deviceRate = BATCH * 1000.0 / deviceMillis;
        double perWorker = 0;
        options.say("a device alone generates %.0f images/s", deviceRate);
        for (int count : workers) {
            Map<String, String> settings = new HashMap<>(Map.of(
                    "limner.worker.generator",
                    "constant",
                    "limner.worker.constant-delay",
                    deviceMillis + "ms",
                    "limner.worker.streams",
                    "1",
                    "limner.worker.batch.sizes",
                    String.valueOf(BATCH),
                    "limner.worker.batch.max-size",
                    String.valueOf(BATCH)));
            settings.putAll(options.extra);
            try (BenchFleet fleet = BenchFleet.start(home, settings, false, count);
                    JobBacklog backlog = fleet.backlog()) {
                int jobs = (int) (deviceRate * count * seconds);
                backlog.run(captions.distinct("warm-" + count, jobs / 4, ImageFormat.PNG));
                double busyBefore = fleet.cpuSeconds();
                double took = backlog.run(captions.distinct("scaling-" + count, jobs, ImageFormat.PNG));
                double cores = (fleet.cpuSeconds() - busyBefore) / took;
                double rate = jobs / took;
                perWorker = perWorker == 0 ? rate / count : perWorker;
                double linear = rate / (count * perWorker);
                options.say(
                        "%d workers: %.0f images/s, %.2f of linear, %.2f of the devices; workers used %.2f of %d cores",
                        count,
                        rate,
                        linear,
                        rate / (count * deviceRate),
                        cores,
                        Runtime.getRuntime().availableProcessors());
                ObjectNode one = figures.withObject("workers").putObject(String.valueOf(count));
                one.put("imagesPerSecond", Math.round(rate * 10) / 10.0);
                one.put("ofLinear", Math.round(linear * 1000) / 1000.0);
                one.put("ofDevices", Math.round(rate / (count * deviceRate) * 1000) / 1000.0);
                one.put("cores", Math.round(cores * 100) / 100.0);
            }
        }
        options.end(figures);
        return 0;
    }
}
