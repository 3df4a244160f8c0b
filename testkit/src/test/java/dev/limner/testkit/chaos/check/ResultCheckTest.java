package dev.limner.testkit.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.Digests;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

/** A result that is right in every field is taken; no field can be changed without notice. */
class ResultCheckTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SENT = Instant.parse("2026-11-27T12:00:00Z").toEpochMilli();
    private static final String ORIGIN = "limner.jobs.standard-3@17";
    private static final ResultCheck CHECK =
            new ResultCheck(new ResultCheck.Rules(false, false, Set.of("worker-1", "worker-2")), id -> null);

    @Test
    void shouldDeriveSeedsAsWorkersDoNowAndDidBefore() {
        // On its own, so that a mistake of the protocol is not made twice.
        assertThat(StoredImageFile.seedOf("cover-17")).isEqualTo(Digests.seedOf("cover-17"));
        assertThat(StoredImageFile.wideSeedOf("cover-17")).isEqualTo(Digests.fingerprint("cover-17"));
    }

    @Test
    void shouldTakeAResultThatIsRight() throws Exception {
        assertThat(CHECK.wrong(job(), answer(completed()))).isEmpty();
        assertThat(CHECK.wrong(bad(), answer(rejected()))).isEmpty();
    }

    @Test
    void shouldNoticeAChangeInAnyField() throws Exception {
        assertNoChangeIsMissed(job(), completed());
        assertNoChangeIsMissed(bad(), rejected());
        assertNoChangeIsMissed(captionless(), withoutCaption());
    }

    @Test
    void shouldExpectAJobThatWantsForAnInputToComeBackWhole() throws Exception {
        assertThat(CHECK.wrong(captionless(), answer(withoutCaption()))).isEmpty();
    }

    @Test
    void shouldTakeResultsWithoutATopicsIdFromAnEarlierReleaseOnly() throws Exception {
        ObjectNode earlier = completed();
        ((ObjectNode) earlier.path("source")).remove("topicId");
        ResultCheck mixed =
                new ResultCheck(new ResultCheck.Rules(false, true, Set.of("worker-1", "worker-2")), id -> null);

        assertThat(mixed.wrong(job(), answer(earlier))).isEmpty();
        assertThat(CHECK.wrong(job(), answer(earlier)))
                .containsExactly("job-5 at " + ORIGIN + " does not say which topic of its name it was in");
    }

    private static void assertNoChangeIsMissed(JobRecord job, ObjectNode right) {
        List<String> missed = new ArrayList<>();
        changed(right, right, "", (where, changed) -> {
            if (CHECK.wrong(job, answer(changed)).isEmpty()) {
                missed.add(where);
            }
        });
        assertThat(missed).isEmpty();
    }

    private interface Taker {
        void take(String where, ObjectNode changed);
    }

    /** Every way to take a field away, to add one, and to change a value. */
    private static void changed(ObjectNode whole, JsonNode part, String path, Taker taker) {
        if (part instanceof ObjectNode object) {
            with(whole, path, copy -> ((ObjectNode) copy).put("unheardOf", 1), path + "/+", taker);
            object.fieldNames().forEachRemaining(name -> {
                with(whole, path, copy -> ((ObjectNode) copy).remove(name), path + "/" + name + " removed", taker);
                JsonNode value = object.get(name);
                if (value.isContainerNode()) {
                    changed(whole, value, path + "/" + name, taker);
                } else {
                    with(
                            whole,
                            path,
                            copy -> ((ObjectNode) copy).set(name, other(value)),
                            path + "/" + name + " changed",
                            taker);
                }
            });
        } else if (part instanceof ArrayNode array) {
            with(whole, path, copy -> ((ArrayNode) copy).remove(0), path + "/0 removed", taker);
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isContainerNode()) {
                    changed(whole, array.get(i), path + "/" + i, taker);
                }
            }
        }
    }

    private interface Change {
        void on(JsonNode part);
    }

    private static void with(ObjectNode whole, String path, Change change, String where, Taker taker) {
        ObjectNode copy = whole.deepCopy();
        change.on(copy.at(path));
        taker.take(where, copy);
    }

    private static JsonNode other(JsonNode value) {
        if (value.isTextual()) {
            return JSON.getNodeFactory().textNode("");
        }
        return value.isBoolean()
                ? JSON.getNodeFactory().booleanNode(!value.asBoolean())
                : JSON.getNodeFactory().numberNode(-7);
    }

    private static JobRecord job() {
        String value = """
                {"id":"job-5","caption":"  red apple, take 5 ","seed":99,"count":2,"truncation":0.5,"tenant":"shop",
                 "context":{"order":5,"paid":true},"group":{"id":"g","size":2},"mood":{"warm":true}}""";
        return record("job-5", value);
    }

    private static JobRecord bad() {
        ObjectNode job = JSON.createObjectNode()
                .put("id", "bad-many-1")
                .put("caption", "x")
                .put("tenant", "shop");
        return record("bad-many-1", new String(BadJob.MANY.value(job), StandardCharsets.UTF_8));
    }

    private static JobRecord captionless() {
        ObjectNode job = JSON.createObjectNode().put("id", "bad-captionless-1").put("caption", "x");
        job.putObject("group").put("id", "g").put("size", 3);
        return record("bad-captionless-1", new String(BadJob.CAPTIONLESS.value(job), StandardCharsets.UTF_8));
    }

    private static ObjectNode withoutCaption() throws Exception {
        return (ObjectNode) JSON.readTree("""
                {"jobId":"bad-captionless-1","status":"rejected","group":{"id":"g","size":3},
                 "source":{"topic":"limner.jobs.standard","partition":3,"offset":17,"topicId":"q2rFZkK0SRO4pTqPjKMuew"},
                 "redrive":1,"attempts":1,"worker":"worker-2",
                 "error":{"code":"missing-field","field":"caption","message":"caption is missing"}}""");
    }

    private static JobRecord record(String key, String value) {
        return new JobRecord(
                ORIGIN,
                "limner.jobs.standard",
                key,
                value.getBytes(StandardCharsets.UTF_8),
                List.of(new RecordHeader("limner-redrive", "1".getBytes(StandardCharsets.UTF_8))),
                SENT,
                0);
    }

    private static ResultRecord answer(ObjectNode json) {
        List<StoredImageFile> images = new ArrayList<>();
        for (int index = 0; index < json.path("images").size(); index++) {
            images.add(new StoredImageFile.Whole(generated(index), 100, "png", provenance(index)));
        }
        String status = json.path("status").asText();
        return new ResultRecord(
                json.path("jobId").asText(),
                json,
                Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        json.path("jobId").asText(),
                        "ce_type",
                        "dev.limner.result." + status,
                        "ce_source",
                        "limner/worker/" + json.path("worker").asText(),
                        "ce_time",
                        "2026-11-27T12:00:01Z",
                        "content-type",
                        "application/json"),
                images,
                SENT + 1000,
                0);
    }

    private static ObjectNode completed() throws Exception {
        String image = """
                {"uri":"file:///store/%1$s.png","sha256":"%1$s","mediaType":"image/png","bytes":100,"width":64,
                 "height":64,"index":%2$d,"seed":99,"pixelsSha256":"%3$s"}""";
        String digest = "ab".repeat(32);
        return (ObjectNode) JSON.readTree("""
                {"jobId":"job-5","status":"completed","tenant":"shop","context":{"order":5,"paid":true},
                 "group":{"id":"g","size":2},
                 "source":{"topic":"limner.jobs.standard","partition":3,"offset":17,"topicId":"q2rFZkK0SRO4pTqPjKMuew"},
                 "redrive":1,"attempts":1,"worker":"worker-1","model":{"name":"default","digest":"%s"},
                 "timings":{"queued":1.5,"batched":1,"text":1,"device":1,"encode":1,"store":1,"publish":0},
                 "batch":{"id":"worker-1-x-1","size":8,"position":6},"images":[%s,%s],"profile":"none"}""".formatted(
                        "0".repeat(64),
                        image.formatted(digest, 0, pixelsDigest(0)),
                        image.formatted(digest, 1, pixelsDigest(1))));
    }

    private static ObjectNode rejected() throws Exception {
        return (ObjectNode) JSON.readTree("""
                {"jobId":"bad-many-1","status":"rejected","tenant":"shop",
                 "source":{"topic":"limner.jobs.standard","partition":3,"offset":17,"topicId":"q2rFZkK0SRO4pTqPjKMuew"},
                 "redrive":1,"attempts":1,"worker":"worker-2",
                 "error":{"code":"count-out-of-range","field":"count","value":"65",
                 "message":"count is '65', must be from 1 to 64"}}""");
    }

    private static JsonNode provenance(int index) {
        return JSON.createObjectNode()
                .put("software", "Limner 1")
                .put("model", "default")
                .put("digest", "0".repeat(64))
                .put("seed", 99)
                .put("index", index)
                .put("truncation", 0.5)
                .put("caption", "red apple, take 5")
                .put("digitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia");
    }

    private static BufferedImage generated(int index) {
        byte[] caption = StoredImageFile.sha256("red apple, take 5".getBytes(StandardCharsets.UTF_8));
        BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 64; x++) {
                int block = y / 8 * 8 + x / 8;
                int red = block % 8 == 0 ? 99 : 0;
                picture.setRGB(x, y, red << 16 | (caption[block % 32] & 0xFF) << 8 | index);
            }
        }
        return picture;
    }

    private static String pixelsDigest(int index) {
        BufferedImage picture = generated(index);
        byte[] rgb = new byte[3 * 64 * 64];
        for (int at = 0; at < 64 * 64; at++) {
            int pixel = picture.getRGB(at % 64, at / 64);
            rgb[3 * at] = (byte) (pixel >> 16);
            rgb[3 * at + 1] = (byte) (pixel >> 8);
            rgb[3 * at + 2] = (byte) pixel;
        }
        return HexFormat.of().formatHex(StoredImageFile.sha256(rgb));
    }
}
