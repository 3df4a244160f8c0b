package dev.limner.training.feedback;

import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.store.file.ObjectPaths;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Real image files and a real database; the brokers' part is played by lists. */
abstract class FeedbackFixture {
    static final String MODEL = "a".repeat(64);
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    static final int SIDE = 16;

    @TempDir
    Path folder;

    final Map<RecordPosition, ErrorCode> letters = new LinkedHashMap<>();
    final List<String> messages = new ArrayList<>();
    ReplayBuffer replay;
    FeedbackIntake intake;
    long offset;
    boolean crash;
    Instant now = NOON.plusSeconds(30);

    @BeforeEach
    void open() {
        replay = ReplayBuffer.open(folder.resolve("replay.db"), 100);
        intake = intake(replay);
    }

    @AfterEach
    void close() {
        replay.close();
    }

    FeedbackIntake intake(ReplayBuffer buffer) {
        FeedbackImageCheck check = new FeedbackImageCheck(
                new StoredImages(folder.resolve("store"), List.of(folder.resolve("examples"))),
                "default",
                MODEL::equals,
                pixels -> new float[] {pixels.rgb()[0], 0.5f},
                SIDE);
        return new FeedbackIntake(
                buffer,
                check,
                (record, error) -> {
                    letters.put(record.origin(), error.code());
                    messages.add(error.message());
                },
                5,
                () -> now,
                () -> {
                    if (crash) {
                        throw new IllegalStateException("killed");
                    }
                });
    }

    FeedbackRecord like(String image) {
        return record("{\"image\":\"" + image + "\",\"verdict\":\"like\"}");
    }

    FeedbackRecord record(String json) {
        return record(json, NOON, FeedbackRecord.Clock.BROKER);
    }

    FeedbackRecord record(String json, Instant at, FeedbackRecord.Clock clock) {
        return new FeedbackRecord(
                new RecordPosition("feedback", 0, offset++),
                null,
                json.getBytes(StandardCharsets.UTF_8),
                List.of(),
                at,
                clock);
    }

    String image(@Nullable String caption, long seed, ImageFormat format) throws IOException {
        return image(caption, seed, format, "default", MODEL);
    }

    String image(@Nullable String caption, long seed, ImageFormat format, String model, String digest)
            throws IOException {
        byte[] file = ImageEncoder.encode(
                noise(seed), format, new Provenance("Limner test", model, digest, seed, 0, 1, caption));
        String sha256 = Digests.sha256(file);
        Path path = ObjectPaths.file(folder.resolve("store"), sha256, format.extension());
        Files.createDirectories(path.getParent());
        Files.write(path, file);
        return sha256;
    }

    String put(String sha256, byte[] bytes) throws IOException {
        Path path = ObjectPaths.file(folder.resolve("store"), sha256, "png");
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
        return sha256;
    }

    String uri(String sha256) {
        return ObjectPaths.file(folder.resolve("store"), sha256, "png").toUri().toString();
    }

    static Pixels noise(long seed) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        new SplittableRandom(seed).nextBytes(rgb);
        return new Pixels(SIDE, SIDE, rgb);
    }
}
