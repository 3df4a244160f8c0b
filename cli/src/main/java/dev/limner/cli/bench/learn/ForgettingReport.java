package dev.limner.cli.bench.learn;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.fleet.Home;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.generator.text.CachingTextEncoder;
import dev.limner.generator.text.PretrainedEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.trainer.data.CaptionedImage;
import dev.limner.trainer.data.Split;
import dev.limner.trainer.eval.Artist;
import dev.limner.trainer.eval.SampleGrid;
import dev.limner.trainer.eval.judge.Judges;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * What became of the new and of the old.
 *
 * @param kind how the captions of what was left out begin
 * @param folder where the report goes
 */
record ForgettingReport(Home home, LeftOut parts, String kind, Path folder, PrintWriter terminal) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int OLD_PICTURES = 300;
    private static final int SHOWN_OF_A_KIND = 32;
    private static final int GRID_COLUMNS = 16;
    private static final long SEED = 13;

    /**
     * Draws, compares, writes {@code forgetting.json} and a grid a model, and says what was found.
     *
     * @param live digests in the order in which they went live
     * @param rounds what the trainer says of its rounds
     * @param bundles where the released bundles are
     */
    void write(Set<String> live, JsonNode rounds, Path bundles) {
        ObjectNode report = JSON.createObjectNode();
        report.put("leftOut", kind)
                .put("shown", parts.shown().size())
                .put("unseen", parts.unseen().size());
        report.set("rounds", rounds);
        ArrayNode models = report.putArray("models");
        Map<String, List<CaptionedImage>> kinds = new LinkedHashMap<>();
        kinds.put("shown", parts.shown());
        kinds.put("unseen", parts.unseen());
        kinds.put("old", old(Split.TRAIN));
        kinds.put("oldUnseen", old(Split.TEST));
        FileBundleStore store = new FileBundleStore(bundles);
        String name = ModelBundle.readManifest(folder.resolve("base/model")).name();
        try (TextEncoder encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(home.cache(), 1), 10_000);
                Judges judges = Judges.read(ForgettingCommand.judgesOf(home.emojiData()), Device.cpu())) {
            Recognition recognition = Recognition.of(parts.all(), judges, encoder, SEED);
            ObjectNode real = models.addObject().put("digest", "real pictures");
            kinds.forEach((of, images) -> put(
                    real,
                    of,
                    recognition.of(
                            images, images.stream().map(CaptionedImage::pixels).toList())));
            for (String digest : live) {
                ObjectNode one = models.addObject().put("digest", digest);
                List<Pixels> grid = new ArrayList<>();
                try (Renderer renderer =
                        Renderer.load(ModelBundle.read(Path.of(store.uri(name, digest))), Device.cpu())) {
                    kinds.forEach((of, images) -> {
                        List<Pixels> drawn = recognition.draw(Artist.of(renderer), images);
                        put(one, of, recognition.of(images, drawn));
                        int shown = Math.min(SHOWN_OF_A_KIND, drawn.size());
                        for (int i = 0; i < shown; i++) {
                            grid.add(drawn.get(i * drawn.size() / shown));
                        }
                    });
                }
                write(folder.resolve("grid-" + (models.size() - 2) + ".png"), grid);
            }
        }
        try {
            Files.writeString(folder.resolve("forgetting.json"), JSON.writeValueAsString(report));
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + folder, e);
        }
        print(models);
        rounds.forEach(round -> {
            terminal.println("round " + round.path("id").asText() + " "
                    + round.path("state").asText());
            round.path("notes").forEach(note -> terminal.println("  " + note.asText()));
        });
        terminal.println("report and grids in " + folder);
    }

    /** Some of every other kind: a data set is in an order. */
    private List<CaptionedImage> old(Split split) {
        List<CaptionedImage> all = parts.rest().stream()
                .filter(image -> parts.all().splitOf(image) == split)
                .toList();
        int count = Math.min(OLD_PICTURES, all.size());
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    private static void put(ObjectNode model, String kind, Recognition.Found found) {
        model.putObject(kind)
                .put("recognised", found.recognised().value())
                .put("recognisedLow", found.recognised().low())
                .put("recognisedHigh", found.recognised().high())
                .put("distance", found.distance().value());
    }

    private void print(ArrayNode models) {
        for (JsonNode model : models) {
            String digest = model.path("digest").asText();
            StringBuilder line =
                    new StringBuilder(String.format("%-14s", digest.substring(0, Math.min(13, digest.length()))));
            for (String of : List.of("shown", "unseen", "old", "oldUnseen")) {
                JsonNode found = model.path(of);
                line.append(String.format(
                        "  %s: recognised %.3f (%.3f to %.3f), distance %.2f",
                        of,
                        found.path("recognised").asDouble(),
                        found.path("recognisedLow").asDouble(),
                        found.path("recognisedHigh").asDouble(),
                        found.path("distance").asDouble()));
            }
            terminal.println(line);
        }
    }

    private static void write(Path file, List<Pixels> pictures) {
        try {
            ImageIO.write(SampleGrid.sheet(pictures, GRID_COLUMNS), "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
