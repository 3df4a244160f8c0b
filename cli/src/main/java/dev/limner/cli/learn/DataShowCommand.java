package dev.limner.cli.learn;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.image.Pixels;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ImageDecoder;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.SampleGrid;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner data show}: what a data set holds. */
@Command(
        name = "show",
        description = "Show what a data set holds: images, captions by language, classes, splits, and a few examples.",
        mixinStandardHelpOptions = true)
final class DataShowCommand implements Runnable {
    private static final int COLUMNS = 16;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    DataFolder folder;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many examples. Default: ${DEFAULT-VALUE}")
    int examples;

    @Option(names = "--png", paramLabel = "FILE", description = "Write a sheet of 256 images, evenly spread.")
    @Nullable
    Path png;

    @Option(names = "--json", description = "Print the counts as JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        PrintWriter terminal = spec.commandLine().getOut();
        DataSet set = folder.read();
        ObjectNode counts = counts(set);
        if (json) {
            terminal.println(counts);
        } else {
            counts.remove("pictures");
            counts.properties()
                    .forEach(entry -> terminal.printf(
                            "%-16s %s%n",
                            entry.getKey(), PrintableText.line(entry.getValue().toString())));
            spread(set.images(), examples)
                    .forEach(image -> terminal.printf(
                            "%-16s %s %s%n",
                            PrintableText.line(image.key()),
                            set.splitOf(image).id(),
                            PrintableText.line(image.captions().toString())));
        }
        if (png != null) {
            sheet(set, png);
            spec.commandLine().getErr().println("images in " + png);
        }
    }

    private static ObjectNode counts(DataSet set) {
        ObjectNode counts = new ObjectMapper().createObjectNode();
        counts.put("name", set.name());
        counts.put("digest", set.digest());
        counts.put("side", set.side());
        counts.put("images", set.images().size());
        // As earlier releases call it.
        counts.put("pictures", set.images().size());
        counts.put("heldOutPercent", set.heldOutPercent());
        for (Split split : Split.values()) {
            counts.put(
                    split.id(),
                    set.images().stream()
                            .filter(image -> set.splitOf(image) == split)
                            .count());
        }
        Map<String, Integer> captions = new TreeMap<>();
        Map<String, Integer> labels = new TreeMap<>();
        for (CaptionedImage image : set.images()) {
            image.captions().forEach((language, texts) -> captions.merge(language, texts.size(), Integer::sum));
            if (image.label() != null) {
                labels.merge(image.label(), 1, Integer::sum);
            }
        }
        ObjectNode byLanguage = counts.putObject("captions");
        captions.forEach(byLanguage::put);
        if (!labels.isEmpty()) {
            ObjectNode byLabel = counts.putObject("labels");
            labels.forEach(byLabel::put);
        }
        return counts;
    }

    private static List<CaptionedImage> spread(List<CaptionedImage> images, int count) {
        if (count < 0) {
            throw new UsageException("--examples is " + count + ", must be at least 0");
        }
        int shown = Math.min(count, images.size());
        return IntStream.range(0, shown)
                .mapToObj(i -> images.get((int) ((long) i * images.size() / shown)))
                .toList();
    }

    private static void sheet(DataSet set, Path file) {
        List<Pixels> images = spread(set.images(), COLUMNS * COLUMNS).stream()
                .map(CaptionedImage::pixels)
                .toList();
        try {
            Files.write(file, ImageDecoder.toPng(SampleGrid.sheet(images, COLUMNS)));
        } catch (IOException e) {
            throw new UncheckedIOException("the images cannot be written to " + file, e);
        }
    }
}
