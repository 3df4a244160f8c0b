package dev.limner.cli.learn;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.generator.image.Pixels;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageDecoder;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.SampleGrid;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
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
        description = {
            "Show what a data set holds: images, subjects, splits, captions by language, classes, styles, roles, where the"
                    + " images are from and under which terms, and a few examples."
        },
        mixinStandardHelpOptions = true)
final class DataShowCommand implements Runnable {
    /** Of a data set of format 1. */
    static final String OLD_SPLIT =
            "limner: the data set is of format 1: a hash of the pixels splits it, so images of one subject can be on both sides,"
                    + " and there is no validation: what chooses a checkpoint also reports on it";

    private static final int COLUMNS = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

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
            counts.properties().forEach(entry -> {
                boolean listed = entry.getValue().isArray();
                (listed ? entry.getValue() : List.of(entry.getValue()))
                        .forEach(value ->
                                terminal.printf("%-18s %s%n", entry.getKey(), PrintableText.line(value.toString())));
            });
            spread(set.images(), examples)
                    .forEach(image -> terminal.printf(
                            "%-18s %s %s%n",
                            PrintableText.line(image.key()),
                            set.splitOf(image).id(),
                            PrintableText.line(image.captions().toString())));
        }
        warnings(set).forEach(spec.commandLine().getErr()::println);
        if (png != null) {
            sheet(set, png);
            spec.commandLine().getErr().println("images in " + png);
        }
    }

    /** What whoever trains on it should know. */
    private static List<String> warnings(DataSet set) {
        List<String> warnings = new ArrayList<>();
        if (!set.settings().splitsBySubject()) {
            warnings.add(OLD_SPLIT);
        }
        Map<String, Integer> images = by(set, CaptionedImage::source);
        for (DataSource source : set.sources()) {
            int count = images.getOrDefault(source.id(), 0);
            if (count > 0 && source.shareAlike()) {
                warnings.add(PrintableText.line("limner: " + CountedNoun.of(count, "image") + " of "
                        + source.terms().data()
                        + " are under " + source.licence() + ", which is share-alike: a model trained on them is to be"
                        + " passed on under that licence, with the attribution"));
            }
            if (count > 0 && !source.hasLicence()) {
                warnings.add(
                        PrintableText.line("limner: nobody said under which licence " + CountedNoun.of(count, "image")
                                + " of " + source.terms().data() + " may be used"));
            }
        }
        int unnamed = set.images().size()
                - images.values().stream().mapToInt(Integer::intValue).sum();
        if (unnamed > 0) {
            warnings.add("limner: " + CountedNoun.of(unnamed, "image") + (unnamed == 1 ? " names" : " name")
                    + " no source, so no licence is known");
        }
        return warnings;
    }

    private static Map<String, Integer> by(DataSet set, Function<CaptionedImage, @Nullable String> attribute) {
        Map<String, Integer> counts = new TreeMap<>();
        for (CaptionedImage image : set.images()) {
            String value = attribute.apply(image);
            if (value != null) {
                counts.merge(value, 1, Integer::sum);
            }
        }
        return counts;
    }

    private static ObjectNode counts(DataSet set) {
        ObjectNode counts = JSON.createObjectNode();
        counts.put("name", set.name());
        counts.put("digest", set.digest());
        counts.put("format", set.settings().format());
        counts.put("side", set.side());
        counts.put("images", set.images().size());
        // As earlier releases call it.
        counts.put("pictures", set.images().size());
        counts.put("heldOutPercent", set.heldOutPercent());
        counts.put("validationPercent", set.settings().validationPercent());
        counts.put("testPercent", set.settings().testPercent());
        for (Split split : Split.values()) {
            counts.put(
                    split.id(),
                    set.images().stream()
                            .filter(image -> set.splitOf(image) == split)
                            .count());
        }
        if (set.settings().splitsBySubject()) {
            Map<String, Integer> subjects = by(set, CaptionedImage::subject);
            counts.put("subjects", subjects.size());
            subjects.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .filter(most -> most.getValue() > 1)
                    .ifPresent(most -> counts.putObject("largestSubject").put(most.getKey(), most.getValue()));
        }
        Map<String, Integer> captions = new TreeMap<>();
        for (CaptionedImage image : set.images()) {
            image.captions().forEach((language, texts) -> captions.merge(language, texts.size(), Integer::sum));
        }
        counts.set("captions", JSON.valueToTree(captions));
        put(counts, "labels", by(set, CaptionedImage::label));
        put(counts, "styles", by(set, CaptionedImage::style));
        put(counts, "roles", by(set, CaptionedImage::role));
        Map<String, Integer> images = by(set, CaptionedImage::source);
        if (!set.sources().isEmpty()) {
            ArrayNode sources = counts.putArray("sources");
            set.sources()
                    .forEach(source -> sources.add(
                            JSON.<ObjectNode>valueToTree(source).put("images", images.getOrDefault(source.id(), 0))));
        }
        return counts;
    }

    private static void put(ObjectNode counts, String name, Map<String, Integer> values) {
        if (!values.isEmpty()) {
            counts.set(name, JSON.valueToTree(values));
        }
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
