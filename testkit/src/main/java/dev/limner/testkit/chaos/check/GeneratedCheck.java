package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.testkit.chaos.check.ResultCheck.Findings;
import dev.limner.testkit.chaos.check.ResultCheck.Rules;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds the fields of a job that was drawn, its pictures and what their files say, against the job. */
final class GeneratedCheck {
    private static final List<String> TIMINGS =
            List.of("queued", "batched", "text", "device", "encode", "store", "publish");
    /** What the drill's text encoder takes in of a caption. */
    private static final int WINDOW = 200;

    private static final int SIDE = 64;
    /** Between the last look at a deadline and the device. */
    private static final long LATE_MILLIS = 1000;

    private GeneratedCheck() {}

    static void fields(Findings findings, Rules rules, JobRecord job, ResultRecord answer) {
        JsonNode result = answer.json();
        JsonNode sent = job.json();
        timings(findings, result.path("timings"));
        inTime(findings, job, answer);
        batch(findings, result);
        model(findings, rules, result);
        warnings(findings, rules, sent, result);
        int count = sent.path("count").asInt(1);
        findings.equal("the number of images", count, result.path("images").size());
        for (int index = 0; index < result.path("images").size(); index++) {
            image(findings, rules, job, answer, index);
        }
    }

    private static void timings(Findings findings, JsonNode timings) {
        Set<String> names = new HashSet<>();
        timings.fieldNames().forEachRemaining(names::add);
        findings.equal("the timings", Set.copyOf(TIMINGS), names);
        for (String name : TIMINGS) {
            double millis = timings.path(name).asDouble(-1);
            findings.that(
                    millis >= 0 && Double.isFinite(millis), "has a time of " + timings.path(name) + " for " + name);
        }
    }

    /** By the worker's own clock, which the deadline was compared with. */
    private static void inTime(Findings findings, JobRecord job, ResultRecord answer) {
        JsonNode deadline = job.json().path("deadline");
        if (!deadline.isTextual() || answer.clockError().abs().toMinutes() > 1) {
            return;
        }
        JsonNode timings = answer.json().path("timings");
        long formed = job.timestamp()
                + (long) (timings.path("queued").asDouble()
                        + timings.path("batched").asDouble());
        findings.that(
                formed <= Instant.parse(deadline.asText()).toEpochMilli() + LATE_MILLIS,
                "was drawn " + (formed - Instant.parse(deadline.asText()).toEpochMilli()) + " ms after its deadline");
    }

    private static void batch(Findings findings, JsonNode result) {
        JsonNode batch = result.path("batch");
        int size = batch.path("size").asInt();
        int position = batch.path("position").asInt(-1);
        findings.that(
                batch.path("id").asText().startsWith(result.path("worker").asText() + "-"),
                "was drawn in another worker's batch " + batch.path("id").asText());
        findings.that(position >= 0 && position < size, "is at " + position + " of a batch of " + size);
        findings.equal("the batch's fields", 3, batch.size());
    }

    private static void model(Findings findings, Rules rules, JsonNode result) {
        JsonNode model = result.path("model");
        findings.equal("the model's fields", 2, model.size());
        findings.that(!model.path("name").asText().isBlank(), "was drawn by a model without a name");
        findings.that(
                rules.model()
                        ? model.path("digest").asText().matches("[0-9a-f]{64}")
                        : model.path("digest").asText().equals("0".repeat(64)),
                "was drawn by " + model);
        findings.that(!result.path("profile").asText().isBlank(), "has no profile");
    }

    private static void warnings(Findings findings, Rules rules, JsonNode sent, JsonNode result) {
        List<String> found = new ArrayList<>();
        result.path("warnings").forEach(warning -> found.add(warning.asText()));
        String caption = caption(sent);
        List<String> expected = new ArrayList<>();
        if (caption.chars().noneMatch(letter -> letter < 0x80 && Character.isLetter(letter))) {
            expected.add("caption-mostly-unknown");
        }
        if (caption.codePointCount(0, caption.length()) > WINDOW) {
            expected.add("caption-truncated");
        }
        if (!rules.model() && !(rules.mixed() && found.isEmpty())) {
            findings.equal("warnings", expected, found);
        }
    }

    /** A caption as the contract says it is understood: without space around it, in Unicode's composed form. */
    private static String caption(JsonNode sent) {
        return Normalizer.normalize(sent.path("caption").asText().strip(), Normalizer.Form.NFC);
    }

    private static long seed(Rules rules, JobRecord job, JsonNode image) {
        JsonNode given = job.json().path("seed");
        String id = ResultCheck.id(job);
        long wide = StoredImageFile.wideSeedOf(id);
        boolean before = rules.mixed() && image.path("seed").asLong() == wide;
        return given.isNumber() ? given.asLong() : before ? wide : StoredImageFile.seedOf(id);
    }

    private static void image(Findings findings, Rules rules, JobRecord job, ResultRecord answer, int index) {
        JsonNode sent = job.json();
        JsonNode image = answer.json().path("images").path(index);
        boolean jpeg = sent.path("format").asText().equals("jpeg");
        long seed = seed(rules, job, image);
        findings.equal("an image's fields", 9, image.size());
        findings.equal("index", index, image.path("index").asInt(-1));
        findings.equal("seed", seed, image.path("seed").asLong());
        findings.equal(
                "mediaType",
                jpeg ? "image/jpeg" : "image/png",
                image.path("mediaType").asText());
        int width = sent.path("size").path("width").asInt(SIDE);
        findings.equal("width", width, image.path("width").asInt());
        findings.equal("height", width, image.path("height").asInt());
        String digest = image.path("sha256").asText();
        findings.that(
                digest.matches("[0-9a-f]{64}") && image.path("uri").asText().contains(digest),
                "has a picture at " + image.path("uri").asText() + " that is not named by its digest");
        if (answer.pictures().get(index) instanceof StoredImageFile.Whole whole) {
            findings.equal("bytes", whole.bytes(), image.path("bytes").asInt());
            findings.equal("the file's type", jpeg ? "jpeg" : "png", whole.type());
            findings.equal("the picture's width", width, whole.picture().getWidth());
            if (!rules.model()) {
                String wrong = whole.mismatch(
                        caption(sent), seed, index, image.path("pixelsSha256").asText());
                findings.that(wrong.isEmpty(), "has a picture of which " + wrong);
            }
            provenance(findings, sent, seed, index, answer, whole.provenance());
        }
    }

    private static void provenance(
            Findings findings, JsonNode sent, long seed, int index, ResultRecord answer, JsonNode written) {
        JsonNode model = answer.json().path("model");
        findings.that(written.path("software").asText().startsWith("Limner "), "has a picture of unknown software");
        findings.equal("the file's model", model.path("name"), written.path("model"));
        findings.equal("the file's digest", model.path("digest"), written.path("digest"));
        findings.equal("the file's seed", seed, written.path("seed").asLong());
        findings.equal("the file's index", index, written.path("index").asInt(-1));
        findings.equal(
                "the file's caption", caption(sent), written.path("caption").textValue());
        findings.equal(
                "the file's truncation",
                sent.path("truncation").asDouble(1),
                written.path("truncation").asDouble(1));
        findings.equal(
                "the file's source type",
                "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                written.path("digitalSourceType").asText());
    }
}
