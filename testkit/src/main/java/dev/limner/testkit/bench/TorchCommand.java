package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.launcher.JavaProcess;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench torch}: this engine against Python's. */
@Command(
        name = "torch",
        description = {
            "Measure images per second of the default networks through DJL and in plain PyTorch (python3 with torch; on Debian:"
                    + " apt-get install python3-torch), in turns on the same machine: generating at batches of 1, 8 and 32,"
                    + " and whole training steps, on 1 and on 2 threads.",
            "First both generate one image from the same weights, to show that they are the same network."
        },
        mixinStandardHelpOptions = true)
final class TorchCommand implements Runnable {
    private static final double SAME = 1e-3;
    private static final List<String> WORK = List.of("draw 1", "draw 8", "draw 32", "step 32");

    @Option(
            names = "--python",
            paramLabel = "FILE",
            defaultValue = "/usr/bin/python3",
            description = "The interpreter. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String python;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Turns; medians count. Default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "4",
            description = "Of each measurement. Default: ${DEFAULT-VALUE}")
    double seconds;

    @Option(names = "--json", description = "Print the figures as JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        if (rounds < 1) {
            throw new UsageException("--rounds is " + rounds + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        Path script = script();
        ObjectNode figures = new ObjectMapper().createObjectNode();
        ArrayNode rows = figures.putArray("rows");
        PrintWriter terminal = spec.commandLine().getOut();
        try (Progress progress = Progress.of("measuring", 2L * WORK.size() * rounds)) {
            int done = 0;
            for (int threads = 1; threads <= 2; threads++) {
                try (TorchPeer ours = ours(home, threads);
                        TorchPeer theirs = theirs(home, script, threads)) {
                    figures.put("ours", ours.ask("version"));
                    figures.put("theirs", theirs.ask("version"));
                    figures.put("largestDifference", requireSame(ours, theirs));
                    for (String work : WORK) {
                        rows.add(compare(ours, theirs, work, threads));
                        done += rounds;
                        progress.to(done, work + " on " + threads + " threads");
                    }
                }
            }
        }
        if (json) {
            terminal.println(figures);
        } else {
            terminal.printf(
                    Locale.ROOT,
                    "libtorch %s through DJL, %s through Python; largest difference of a pixel value %.6f%n",
                    figures.path("ours").asText(),
                    figures.path("theirs").asText(),
                    figures.path("largestDifference").asDouble());
            rows.forEach(row -> terminal.printf(
                    Locale.ROOT,
                    "%-8s %d thread(s): %7.1f images/s, Python %7.1f, ratio %.2f%n",
                    row.path("work").asText(),
                    row.path("threads").asInt(),
                    row.path("ours").asDouble(),
                    row.path("theirs").asDouble(),
                    row.path("ratio").asDouble()));
        }
    }

    private ObjectNode compare(TorchPeer ours, TorchPeer theirs, String work, int threads) {
        List<Double> mine = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        String request = work + " " + seconds;
        // The JVM compiles what it runs often, which takes it some seconds; both sides get the same time to warm up.
        ours.ask(request);
        theirs.ask(request);
        for (int round = 0; round < rounds; round++) {
            mine.add(Double.valueOf(ours.ask(request)));
            others.add(Double.valueOf(theirs.ask(request)));
        }
        double median = median(mine);
        double otherMedian = median(others);
        return new ObjectMapper()
                .createObjectNode()
                .put("work", work)
                .put("threads", threads)
                .put("ours", median)
                .put("theirs", otherMedian)
                .put("ratio", Math.round(1000 * median / otherMedian) / 1000.0);
    }

    private static double median(List<Double> values) {
        return new Median()
                .evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double requireSame(TorchPeer ours, TorchPeer theirs) {
        double difference = TorchPeer.difference(ours.ask("same"), theirs.ask("same"));
        if (difference > SAME) {
            throw new IllegalStateException("the two generate different images: a value differs by " + difference);
        }
        return difference;
    }

    private static TorchPeer ours(ProjectLayout home, int threads) {
        return TorchPeer.start(JavaProcess.command(home, List.of("bench", "network", "--threads=" + threads)));
    }

    private TorchPeer theirs(ProjectLayout home, Path script, int threads) {
        return TorchPeer.start(new ProcessBuilder(
                python,
                script.toString(),
                home.defaultModel().resolve("weights.safetensors").toString(),
                String.valueOf(threads)));
    }

    private static Path script() {
        try (InputStream in = TorchCommand.class.getResourceAsStream("torch_peer.py")) {
            Path file = Files.createTempFile("torch_peer", ".py");
            file.toFile().deleteOnExit();
            Files.copy(Objects.requireNonNull(in), file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the script for Python cannot be written", e);
        }
    }
}
