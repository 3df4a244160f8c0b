package dev.limner.testkit.bench.learn;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.reward.RewardEnsemble;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of the new and of the old.
 *
 * @param kind how the captions of what was left out begin
 * @param folder where the report goes
 */
record ForgettingReport(ProjectLayout home, HeldOutClass parts, String kind, Path folder, PrintWriter terminal) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String REAL = "real images";
    private static final int OLD_IMAGES = 300;
    private static final int GRID_COLUMNS = 16;
    private static final long SEED = 13;

    /** Everybody's images of the kinds: generated and found. */
    private record Sheet(
            String digest, Map<String, List<Pixels>> generated, Map<String, CaptionRecognition.Found> found) {}

    /**
     * Generates, compares, writes {@code forgetting.json} and {@code grid.png}, and says what was found.
     *
     * @param live digests in the order in which they went live
     * @param rounds what the trainer says of its rounds
     * @param bundles where the released bundles are
     */
    void write(Set<String> live, JsonNode rounds, Path bundles) {
        List<Sheet> sheets = sheets(live, new FileBundleStore(bundles));
        ObjectNode report = JSON.createObjectNode();
        report.put("leftOut", kind);
        report.set("rounds", rounds);
        ArrayNode models = report.putArray("models");
        Sheet first = sheets.get(1);
        for (Sheet sheet : sheets) {
            ObjectNode model = models.addObject().put("digest", sheet.digest);
            terminal.println(sheet.digest);
            sheet.found.forEach((of, found) -> {
                Estimate nearer = sheet.digest.equals(REAL)
                        ? null
                        : found.nearerThan(Objects.requireNonNull(first.found.get(of)), SEED);
                put(model.putObject(of), found, nearer);
                terminal.printf(
                        "  %-8s %3d  recognised %s  class %s  distance %.2f%s%n",
                        of,
                        found.distances().size(),
                        found.recognised().text(),
                        found.ofClass().text(),
                        found.distance(),
                        nearer == null ? "" : "  nearer than the first " + nearer.text());
            });
        }
        try {
            Files.writeString(folder.resolve("forgetting.json"), JSON.writeValueAsString(report));
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + folder, e);
        }
        ImageGrid.write(grid(sheets), GRID_COLUMNS, folder.resolve("grid.png"));
        LearningReports.print(rounds, terminal);
        terminal.println("report and grid in " + folder + ": for each kind a row of real images and one per model");
    }

    /** Real images first, then the models. */
    private List<Sheet> sheets(Set<String> live, FileBundleStore store) {
        Map<String, List<CaptionedImage>> kinds = kinds();
        String name = ModelBundle.readManifest(folder.resolve("base/model")).name();
        List<Sheet> sheets = new ArrayList<>();
        try (TextEncoder encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(home.cache(), 1), 10_000);
                FeatureExtractors extractors =
                        FeatureExtractors.read(ForgettingCommand.judgesOf(home.emojiData()), Device.cpu())) {
            CaptionRecognition recognition = CaptionRecognition.of(parts.all(), extractors, encoder, SEED);
            sheets.add(sheet(
                    REAL,
                    kinds,
                    recognition,
                    images -> images.stream().map(CaptionedImage::pixels).toList()));
            for (String digest : live) {
                try (Renderer renderer =
                        Renderer.load(ModelBundle.read(Path.of(store.uri(name, digest))), Device.cpu())) {
                    sheets.add(sheet(
                            digest,
                            kinds,
                            recognition,
                            images -> recognition.generate(ImageSource.of(renderer), images)));
                }
            }
        }
        return sheets;
    }

    @FunctionalInterface
    private interface Maker {
        List<Pixels> of(List<CaptionedImage> images);
    }

    private static Sheet sheet(
            String digest, Map<String, List<CaptionedImage>> kinds, CaptionRecognition recognition, Maker maker) {
        Map<String, List<Pixels>> generated = new LinkedHashMap<>();
        Map<String, CaptionRecognition.Found> found = new LinkedHashMap<>();
        kinds.forEach((of, images) -> {
            List<Pixels> pictures = maker.of(images);
            generated.put(of, pictures);
            found.put(of, recognition.of(images, pictures));
        });
        return new Sheet(digest, generated, found);
    }

    /** The new by who has seen it: the tuner, only the gate, nobody. And the old. */
    private Map<String, List<CaptionedImage>> kinds() {
        Map<String, List<CaptionedImage>> kinds = new LinkedHashMap<>();
        kinds.put("learned", shown(RewardEnsemble.From.TUNER));
        kinds.put("kept", shown(RewardEnsemble.From.GATE));
        kinds.put("unseen", parts.unseen());
        kinds.put("old", old(Split.TRAIN));
        kinds.put("oldTest", old(Split.TEST));
        return kinds;
    }

    private List<CaptionedImage> shown(RewardEnsemble.From whom) {
        return parts.shown().stream()
                .filter(image -> RewardEnsemble.From.of(CaptionRecognition.plainest(image)) == whom)
                .toList();
    }

    /** Some of every other kind. */
    private List<CaptionedImage> old(Split split) {
        List<CaptionedImage> all = parts.rest().stream()
                .filter(image -> parts.all().splitOf(image) == split)
                .toList();
        return ImageGrid.spread(all, OLD_IMAGES);
    }

    /** For each kind a row of real images and a row per model, white where there are fewer images than columns. */
    private static List<Pixels> grid(List<Sheet> sheets) {
        List<Pixels> grid = new ArrayList<>();
        for (String of : sheets.get(0).generated.keySet()) {
            for (Sheet sheet : sheets) {
                List<Pixels> row = ImageGrid.spread(Objects.requireNonNull(sheet.generated.get(of)), GRID_COLUMNS);
                grid.addAll(row);
                for (int missing = row.size(); missing < GRID_COLUMNS; missing++) {
                    grid.add(blank(row.get(0)));
                }
            }
        }
        return grid;
    }

    private static Pixels blank(Pixels like) {
        byte[] white = new byte[like.rgb().length];
        Arrays.fill(white, (byte) 0xFF);
        return new Pixels(like.width(), like.height(), white);
    }

    private static void put(ObjectNode node, CaptionRecognition.Found found, @Nullable Estimate nearer) {
        node.put("pictures", found.distances().size());
        LearningReports.put(node, "recognised", found.recognised());
        LearningReports.put(node, "ofClass", found.ofClass());
        node.put("distance", found.distance());
        if (nearer != null) {
            LearningReports.put(node, "nearerThanFirst", nearer);
        }
    }
}
