package dev.limner.training.evaluate.extractor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What stands beside every figure: through which judges it was made, what they learned from, and how well they read the
 * real images of the data that is evaluated. Where they read its training images better than its held-out ones, they know
 * them, and what was copied from them looks better than it is.
 *
 * @param data name of the data set that is evaluated
 * @param dataDigest its digest
 * @param judges through whom
 * @param identity of those
 * @param contamination which of the data's images they learned from
 * @param readings how well they read its splits, those that have images
 */
public record ExtractorStatement(
        String data,
        String dataDigest,
        ExtractorDescription judges,
        String identity,
        Contamination contamination,
        Map<Split, ExtractorReading> readings) {
    private static final int SHOWN = 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    public ExtractorStatement {
        readings = Map.copyOf(readings);
    }

    /**
     * Reads the data's real images; takes seconds.
     *
     * @param encoder the judges'
     */
    public static ExtractorStatement of(FeatureExtractors judges, DataSet data, TextEncoder encoder) {
        Map<Split, ExtractorReading> readings = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            List<CaptionedImage> images =
                    data.images(split, judges.description().language());
            if (!images.isEmpty()) {
                readings.put(split, ExtractorReading.of(judges, images, encoder));
            }
        }
        return new ExtractorStatement(
                data.name(),
                data.digest(),
                judges.description(),
                judges.identity(),
                Contamination.of(judges, data),
                readings);
    }

    public String language() {
        return judges.language();
    }

    public int version() {
        return judges.version();
    }

    public long seed() {
        return judges.seed();
    }

    /** For people, line by line. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        ExtractorOrigin origin = judges.origin();
        lines.add(String.format(
                Locale.ROOT,
                "judges %s, version %d, seed %d, of %s: %s",
                identity.substring(0, Math.min(SHOWN, identity.length())),
                judges.version(),
                judges.seed(),
                judges.data(),
                origin == null
                        ? "the training images of a data set"
                        : origin.images() + " images of " + origin.subjects() + " subjects, "
                                + origin.kind().text()));
        if (origin != null) {
            lines.add("they read what they learned from: " + origin.learned().text() + "; the rest of it: "
                    + origin.heldOut().text());
        }
        lines.add("they read " + data + ": "
                + readings.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry ->
                                entry.getKey().id() + ", " + entry.getValue().text())
                        .collect(Collectors.joining("; ")));
        lines.add((contamination.isClean() ? "impartial: " : "not impartial: ") + contamination.text());
        return lines;
    }

    public ObjectNode toJson() {
        ObjectNode node = JSON.createObjectNode()
                .put("version", judges.version())
                .put("seed", judges.seed())
                .put("identity", identity)
                .put("data", judges.data())
                .put("impartial", contamination.isClean());
        ExtractorOrigin origin = judges.origin();
        if (origin != null) {
            node.set("origin", JSON.valueToTree(origin));
        }
        ObjectNode reads = node.putObject("reads");
        readings.forEach((split, reading) -> reads.set(split.id(), JSON.valueToTree(reading)));
        node.putObject("saw")
                .put("known", contamination.known())
                .put("training", contamination.trainingSeen())
                .put("trainingOf", contamination.training())
                .put("heldOut", contamination.heldOutSeen())
                .put("heldOutOf", contamination.heldOut())
                .set("sources", JSON.valueToTree(contamination.sources()));
        return node;
    }
}
