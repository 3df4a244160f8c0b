package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.PrintableText;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench import}. */
@Command(
        name = "import",
        description = {
            "Measure speed and peak memory of limner data import, each import a process of its own, its start counted: the"
                    + " same images as a folder of PNGs, as a folder of JPEGs and as WebDataset shards; then a folder with"
                    + " one whole PNG of 60,000 x 60,000 pixels, which must be refused before it is unpacked.",
            "The imports run with this command's JVM flags: LIMNER_CLI_JVM=-Xmx512m sets their heap."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int POLL_MILLIS = 20;
    private static final int LAST_LINES = 2000;

    @Option(names = "--images", paramLabel = "N", description = "In each source. Default: ${DEFAULT-VALUE}")
    int images = 10_000;

    /** What earlier releases called it. */
    @Option(names = "--pictures", hidden = true)
    void pictures(int number) {
        images = number;
    }

    @Option(
            names = "--source-side",
            paramLabel = "PIXELS",
            defaultValue = "256",
            description = "Height and width of the images that are imported. Default: ${DEFAULT-VALUE}")
    int sourceSide;

    @Option(
            names = "--side",
            paramLabel = "PIXELS",
            defaultValue = "64",
            description = "Height and width they are brought to. Default: ${DEFAULT-VALUE}")
    int side;

    @Option(names = "--json", description = "Print the figures as JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        if (images < 1 || sourceSide < 2) {
            throw new UsageException(
                    "--images is " + images + ", must be at least 1; --source-side is " + sourceSide + ", at least 2");
        }
        ProjectLayout home = ProjectLayout.find();
        Path folder = home.state().resolve("bench-import");
        FolderClaims.empty(folder, "limner bench import");
        try {
            make(folder);
            measure(home, folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the images cannot be written to " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an import ran", e);
        } finally {
            FolderClaims.empty(folder, "limner bench import");
        }
    }

    private void make(Path folder) throws IOException {
        ImportMaterial material = new ImportMaterial(images, sourceSide);
        for (String format : List.of("png", "jpg")) {
            try (Progress progress = Progress.of("making images", images)) {
                material.folder(folder.resolve("folder-" + format), format, progress);
            }
        }
        try (Progress progress = Progress.of("making shards", images)) {
            material.shards(folder.resolve("shards-png"), progress);
        }
        material.giant(folder.resolve("giant-png"));
    }

    private void measure(ProjectLayout home, Path folder) throws IOException, InterruptedException {
        ObjectNode figures = JSON.createObjectNode();
        figures.put("pictures", images).put("sourceSide", sourceSide).put("side", side);
        List<String> sources = List.of("folder-png", "folder-jpg", "shards-png", "giant-png");
        try (Progress progress = Progress.of("importing", sources.size())) {
            for (String source : sources) {
                String kind = source.startsWith("shards") ? "webdataset" : "folder";
                Imported imported = once(home, kind, folder.resolve(source), folder.resolve("set-" + source));
                int there = source.startsWith("giant") ? 1 : images;
                if (imported.images() != there) {
                    throw new IllegalStateException(
                            source + ": " + imported.images() + " images were imported, not " + there);
                }
                figures.putObject(source)
                        .put("imported", imported.images())
                        .put("seconds", rounded(imported.seconds()))
                        .put("picturesPerSecond", rounded(imported.images() / imported.seconds()))
                        .put("peakMiB", imported.peakMiB())
                        .set("leftOut", imported.leftOut());
                progress.to(figures.size() - 3L, source);
            }
        }
        PrintWriter terminal = spec.commandLine().getOut();
        if (json) {
            terminal.println(figures);
            return;
        }
        for (String source : sources) {
            terminal.printf(
                    Locale.ROOT,
                    "%-11s %6d images in %7.2f s: %7.1f images/s, at most %d MiB%n",
                    source,
                    figures.path(source).path("imported").asInt(),
                    figures.path(source).path("seconds").asDouble(),
                    figures.path(source).path("picturesPerSecond").asDouble(),
                    figures.path(source).path("peakMiB").asLong());
            figures.path(source)
                    .path("leftOut")
                    .forEach(entry -> terminal.printf(
                            "%-11s left out: %s, because %s: %s%n",
                            "",
                            PrintableText.line(entry.path("entry").asText()),
                            entry.path("reason").asText(),
                            PrintableText.line(entry.path("detail").asText())));
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /**
     * One import.
     *
     * @param peakMiB the most memory its process held, as the kernel counts it; 0 where it does not say
     * @param leftOut the lines of its skipped.jsonl
     */
    private record Imported(int images, double seconds, long peakMiB, ArrayNode leftOut) {}

    private Imported once(ProjectLayout home, String kind, Path source, Path set)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of("-jar", home.root().resolve("cli/target/limner-cli.jar").toString(), "data", "import", kind));
        command.addAll(List.of(source.toString(), "--out", set.toString(), "--side", String.valueOf(side)));
        File log = set.resolveSibling(set.getFileName() + ".log").toFile();
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        long peak = 0;
        try {
            do {
                peak = Math.max(peak, peakMiB(process.pid()));
            } while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
        } finally {
            process.destroy();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String said = Files.readString(log.toPath());
        if (process.exitValue() != 0) {
            throw new IllegalStateException("importing " + source + " ended with exit code " + process.exitValue()
                    + ": "
                    + said.substring(Math.max(0, said.length() - LAST_LINES)).strip());
        }
        return new Imported(
                said.lines()
                        .filter(line -> line.matches(".* new images?, .*"))
                        .map(line -> line.replaceAll(".*: (\\d+) new images?, .*", "$1"))
                        .mapToInt(Integer::parseInt)
                        .findFirst()
                        .orElse(0),
                seconds,
                peak,
                leftOut(set));
    }

    private static ArrayNode leftOut(Path set) throws IOException {
        ArrayNode entries = JSON.createArrayNode();
        for (String line : Files.readAllLines(set.resolve("skipped.jsonl"))) {
            entries.add(JSON.readTree(line));
        }
        return entries;
    }

    private static long peakMiB(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // It has ended, or there is no /proc.
            return 0;
        }
    }
}
