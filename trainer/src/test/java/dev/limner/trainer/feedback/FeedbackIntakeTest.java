package dev.limner.trainer.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.trainer.data.Pictures;
import dev.limner.trainer.replay.Origin;
import dev.limner.trainer.replay.Remembered;
import dev.limner.trainer.replay.ReplayBuffer;
import dev.limner.trainer.replay.Vote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real picture files and a real database; the brokers' part is played by lists. */
class FeedbackIntakeTest {
    private static final String MODEL = "a".repeat(64);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final int SIDE = 16;

    @TempDir
    Path folder;

    private final Map<Origin, ErrorCode> letters = new LinkedHashMap<>();
    private final List<String> messages = new ArrayList<>();
    private ReplayBuffer replay;
    private FeedbackIntake intake;
    private long offset;
    private boolean crash;
    private Instant now = NOON.plusSeconds(30);

    @BeforeEach
    void open() {
        replay = ReplayBuffer.open(folder.resolve("replay.db"), 100);
        intake = intake(replay);
    }

    @AfterEach
    void close() {
        replay.close();
    }

    private FeedbackIntake intake(ReplayBuffer buffer) {
        PictureCheck check = new PictureCheck(
                new PictureFiles(folder.resolve("store"), List.of(folder.resolve("examples"))),
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

    @Test
    void shouldRememberWhatIsSaidOfAPictureWithThePicture() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        String other = picture("apple", 2, ImageFormat.JPEG);

        intake.take(List.of(
                record("{\"id\":\"f1\",\"image\":\"" + apple + "\",\"verdict\":\"like\",\"rater\":\"anna\"}"),
                record("{\"id\":\"f2\",\"image\":\"" + uri(apple) + "\",\"preferredOver\":\"" + other + "\"}"),
                record("{\"image\":\"" + other + "\",\"score\":3}")));

        assertThat(letters).isEmpty();
        List<Remembered> entries = replay.upTo(replay.last());
        assertThat(entries)
                .extracting(entry -> entry.feedback().id())
                .containsExactly("f1", "f2", "feedback-0-2-" + NOON.toEpochMilli());
        assertThat(entries.get(0).image().caption()).isEqualTo("apple");
        assertThat(entries.get(0).image().model()).isEqualTo(MODEL);
        assertThat(entries.get(0).image().seed()).isEqualTo(1);
        assertThat(entries.get(0).image().features()).hasSize(2);
        assertThat(entries.get(0).rater()).isEqualTo("anna");
        assertThat(entries.get(1).over()).isNotNull();
        assertThat(replay.positions("feedback")).containsExactly(Map.entry(0, 3L));
        assertThat(replay.votes(MODEL, "other", 0, NOON))
                .extracting(Vote::rater, Vote::liked)
                .containsExactly(tuple("anna", true), tuple(Remembered.NOBODY, false));
    }

    @Test
    void shouldRefuseEveryPictureThatLimnerDidNotMakeAndSayWhy() throws IOException {
        byte[] foreign = Pictures.toPng(noise(9).toImage());
        String foreignName = put(Digests.sha256(foreign), foreign);
        String altered = put("b".repeat(64), foreign);
        String stranger = picture("apple", 3, ImageFormat.PNG, "default", "c".repeat(64));
        String otherModel = picture("apple", 3, ImageFormat.PNG, "other", MODEL);
        String silent = picture(null, 3, ImageFormat.PNG);
        String apple = picture("apple", 1, ImageFormat.PNG);
        String pear = picture("pear", 1, ImageFormat.PNG);
        Files.createDirectories(folder.resolve("secret"));
        Files.write(folder.resolve("secret/x.png"), foreign);

        List<FeedbackRecord> records = List.of(
                like("d".repeat(64)),
                like(foreignName),
                like(altered),
                like(stranger),
                like(otherModel),
                like(silent),
                record("{\"image\":\"" + apple + "\",\"preferredOver\":\"" + pear + "\"}"),
                record("{\"image\":\"" + apple + "\",\"example\":\""
                        + folder.resolve("secret/x.png").toUri() + "\"}"),
                record("{\"image\":\"" + apple + "\",\"example\":\"https://example.org/x.png\"}"),
                record("{\"image\":\"" + apple + "\",\"score\":11}"),
                record("not json"));
        intake.take(records);

        assertThat(letters.values())
                .containsExactly(
                        ErrorCode.IMAGE_UNKNOWN,
                        ErrorCode.IMAGE_UNKNOWN,
                        ErrorCode.IMAGE_ALTERED,
                        ErrorCode.IMAGE_UNKNOWN,
                        ErrorCode.IMAGE_UNKNOWN,
                        ErrorCode.CAPTION_UNKNOWN,
                        ErrorCode.CAPTIONS_DIFFER,
                        ErrorCode.EXAMPLE_UNREADABLE,
                        ErrorCode.EXAMPLE_UNREADABLE,
                        ErrorCode.SCORE_OUT_OF_RANGE,
                        ErrorCode.MALFORMED_JSON);
        assertThat(messages.get(1)).isEqualTo("image is '" + foreignName + "', was not made by Limner");
        assertThat(replay.last()).isZero();
        assertThat(replay.positions("feedback")).containsExactly(Map.entry(0, (long) records.size()));
        assertThat(replay.refusals()).containsEntry("image-unknown", 4L);
    }

    /** A disk that is not mounted says nothing of whoever spoke of the pictures on it. */
    @Test
    void shouldRefuseNothingWhileTheStoreIsAway() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        List<FeedbackRecord> said = List.of(record("{\"image\":\"" + apple + "\",\"verdict\":\"like\"}"));
        Path store = folder.resolve("store");
        Files.move(store, folder.resolve("unmounted"));
        assertThatThrownBy(() -> intake.take(said)).hasMessageContaining("there is no such folder");
        Files.createDirectory(store);
        assertThatThrownBy(() -> intake.take(said)).hasMessageContaining("it is empty");
        Files.delete(store);
        Files.move(folder.resolve("unmounted"), store);

        intake.take(said);

        assertThat(letters).isEmpty();
        assertThat(replay.upTo(replay.last())).hasSize(1);
    }

    @Test
    void shouldTakeAnExampleFromAFolderItWasAllowed() throws IOException {
        Files.createDirectories(folder.resolve("examples"));
        Files.write(folder.resolve("examples/flag.png"), Pictures.toPng(noise(4).toImage()));
        String apple = picture("apple", 1, ImageFormat.PNG);

        intake.take(List.of(record("{\"image\":\"" + apple + "\",\"caption\":\"a flag\",\"example\":\""
                + folder.resolve("examples/flag.png").toUri() + "\"}")));

        assertThat(letters).isEmpty();
        assertThat(replay.upTo(1).get(0).feedback().caption()).isEqualTo("a flag");
    }

    @Test
    void shouldCountNothingTwiceHoweverOftenItIsDelivered() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        String pear = picture("pear", 1, ImageFormat.PNG);
        FeedbackRecord first = record("{\"id\":\"f1\",\"image\":\"" + apple + "\",\"verdict\":\"like\"}");
        FeedbackRecord again = record("{\"id\":\"f1\",\"image\":\"" + pear + "\",\"verdict\":\"dislike\"}");
        FeedbackRecord bad = record("{}");

        intake.take(List.of(first, again, bad));
        intake.take(List.of(first, again, bad));
        letters.clear();
        intake.take(List.of(bad));

        assertThat(replay.upTo(9)).hasSize(1);
        assertThat(replay.upTo(9).get(0).image().sha256()).isEqualTo(apple);
        assertThat(letters).isEmpty();
    }

    @Test
    void shouldLoseNothingWhenItIsKilledBetweenTheLettersAndTheDatabase() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        List<FeedbackRecord> records = List.of(like(apple), record("{}"));
        crash = true;
        assertThatThrownBy(() -> intake.take(records)).hasMessage("killed");
        assertThat(replay.last()).isZero();
        assertThat(replay.positions("feedback")).isEmpty();
        replay.close();

        crash = false;
        try (ReplayBuffer reopened = ReplayBuffer.open(folder.resolve("replay.db"), 100)) {
            intake(reopened).take(records);
            assertThat(reopened.upTo(9)).hasSize(1);
            assertThat(reopened.refusals()).containsExactly(Map.entry("missing-field", 1L));
        }
    }

    @Test
    void shouldHoldEveryRaterToAnHoursShare() throws IOException {
        List<FeedbackRecord> flood = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            flood.add(record("{\"image\":\"" + picture("apple", i, ImageFormat.PNG)
                    + "\",\"verdict\":\"like\",\"rater\":\"eve\"}"));
        }
        FeedbackRecord other = record(
                "{\"image\":\"" + picture("apple", 0, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"ada\"}");

        intake.take(flood.subList(0, 3));
        intake.take(flood.subList(3, 8));
        intake.take(List.of(other));

        assertThat(letters.values()).hasSize(3).containsOnly(ErrorCode.RATER_OVER_LIMIT);
        assertThat(messages.get(0)).isEqualTo("rater is 'eve', has said 5 things in this hour already");
        assertThat(replay.upTo(99)).hasSize(6);
    }

    /** Whoever floods writes the times that suit: one an hour, long ago, ahead, or none. */
    @ParameterizedTest
    @EnumSource
    void shouldCountByWhenItArrivesWhateverTimeTheSenderWrites(Sent sent) throws IOException {
        List<FeedbackRecord> flood = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            flood.add(record(
                    "{\"image\":\"" + picture("apple", i, ImageFormat.PNG)
                            + "\",\"verdict\":\"dislike\",\"rater\":\"eve\"" + sent.field(i) + "}",
                    sent.at(i),
                    FeedbackRecord.Clock.SENDER));
        }

        intake.take(flood.subList(0, 4));
        assertThat(letters).isEmpty();
        intake.take(flood.subList(4, 5));
        assertThat(letters).isEmpty();
        intake.take(flood.subList(5, 6));
        assertThat(letters.values()).containsExactly(ErrorCode.RATER_OVER_LIMIT);
        intake.take(flood.subList(6, 12));

        assertThat(letters.values()).hasSize(7).containsOnly(ErrorCode.RATER_OVER_LIMIT);
        assertThat(replay.upTo(99))
                .hasSize(5)
                .allSatisfy(entry -> assertThat(entry.arrived()).isEqualTo(now));
        now = now.plusSeconds(3600);
        intake.take(List.of(record(
                "{\"image\":\"" + picture("apple", 12, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
                NOON,
                FeedbackRecord.Clock.SENDER)));
        assertThat(replay.upTo(99)).hasSize(6);
    }

    /** The times of a flood. */
    enum Sent {
        AN_HOUR_APART_IN_THE_PAST,
        LONG_AGO,
        AN_HOUR_APART_IN_THE_FUTURE,
        NOW,
        WITHOUT;

        Instant at(int number) {
            return switch (this) {
                case AN_HOUR_APART_IN_THE_PAST -> NOON.minus(Duration.ofHours(number));
                case LONG_AGO -> Instant.EPOCH.plus(Duration.ofHours(number));
                case AN_HOUR_APART_IN_THE_FUTURE -> NOON.plus(Duration.ofHours(number));
                case NOW -> NOON;
                case WITHOUT -> Instant.ofEpochMilli(-1);
            };
        }

        String field(int number) {
            return this == WITHOUT ? "" : ",\"at\":\"" + at(number) + "\"";
        }
    }

    @Test
    void shouldCountABacklogByTheBrokersHours() throws IOException {
        List<FeedbackRecord> backlog = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            backlog.add(record(
                    "{\"image\":\"" + picture("apple", i, ImageFormat.PNG) + "\",\"verdict\":\"like\"}",
                    // Six in the hour before noon, six in the one from then on.
                    NOON.plusMillis(i < 6 ? -1 : 0),
                    FeedbackRecord.Clock.BROKER));
        }
        now = NOON.plus(Duration.ofDays(3));

        intake.take(backlog);

        assertThat(letters.keySet()).extracting(Origin::offset).containsExactly(5L, 11L);
        assertThat(messages.get(0))
                .isEqualTo("rater is 'feedback without a rater', has said 5 things in this hour already");
    }

    @Test
    void shouldCountTheSameAfterARestart() throws IOException {
        for (int i = 0; i < 5; i++) {
            intake.take(List.of(record(
                    "{\"image\":\"" + picture("apple", i, ImageFormat.PNG)
                            + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
                    Instant.EPOCH,
                    FeedbackRecord.Clock.SENDER)));
        }
        replay.close();
        FeedbackRecord sixth = record(
                "{\"image\":\"" + picture("apple", 6, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
                Instant.EPOCH,
                FeedbackRecord.Clock.SENDER);
        try (ReplayBuffer reopened = ReplayBuffer.open(folder.resolve("replay.db"), 100)) {
            intake(reopened).take(List.of(sixth));
            assertThat(reopened.upTo(99)).hasSize(5);
        }
        assertThat(letters.values()).containsExactly(ErrorCode.RATER_OVER_LIMIT);
    }

    @Test
    void shouldTakeWhatIsSaidInATopicThatWasMadeAgain() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        intake.source("feedback", "cluster/one", false);
        offset = 40;
        intake.take(List.of(like(apple), record("{\"id\":\"f1\",\"image\":\"" + apple + "\",\"score\":9}")));
        offset = 40;
        FeedbackRecord unnamed = record(
                "{\"image\":\"" + apple + "\",\"verdict\":\"like\"}", NOON.plusSeconds(9), FeedbackRecord.Clock.BROKER);
        FeedbackRecord repeated = record("{\"id\":\"f1\",\"image\":\"" + apple + "\",\"score\":9}");
        intake.take(List.of(unnamed, repeated));
        assertThat(replay.last())
                .as("offsets of the old topic hide the new one's")
                .isEqualTo(2);

        intake.source("feedback", "cluster/two", true);
        intake.take(List.of(unnamed, repeated));
        intake.take(List.of(unnamed, repeated));

        assertThat(replay.upTo(99)).hasSize(3);
        assertThat(replay.positions("feedback")).containsExactly(Map.entry(0, 42L));
        assertThat(replay.source("feedback")).contains("cluster/two");
    }

    @Test
    void shouldKeepTheLastWordOfARaterAboutAPicture() throws IOException {
        String apple = picture("apple", 1, ImageFormat.PNG);
        intake.take(List.of(
                record("{\"id\":\"a\",\"image\":\"" + apple + "\",\"verdict\":\"like\",\"rater\":\"eve\"}"),
                record("{\"id\":\"b\",\"image\":\"" + apple + "\",\"verdict\":\"dislike\",\"rater\":\"eve\"}"),
                record("{\"id\":\"c\",\"image\":\"" + apple + "\",\"verdict\":\"like\"}"),
                record("{\"id\":\"d\",\"image\":\"" + apple + "\",\"verdict\":\"like\"}")));
        intake.take(
                List.of(record("{\"id\":\"a\",\"image\":\"" + apple + "\",\"verdict\":\"like\",\"rater\":\"eve\"}")));

        // Of those without a name nobody knows whether they are the same.
        assertThat(replay.upTo(99)).extracting(entry -> entry.feedback().id()).containsExactly("b", "c", "d");
    }

    private FeedbackRecord like(String image) {
        return record("{\"image\":\"" + image + "\",\"verdict\":\"like\"}");
    }

    private FeedbackRecord record(String json) {
        return record(json, NOON, FeedbackRecord.Clock.BROKER);
    }

    private FeedbackRecord record(String json, Instant at, FeedbackRecord.Clock clock) {
        return new FeedbackRecord(
                new Origin("feedback", 0, offset++), null, json.getBytes(StandardCharsets.UTF_8), List.of(), at, clock);
    }

    private String picture(@Nullable String caption, long seed, ImageFormat format) throws IOException {
        return picture(caption, seed, format, "default", MODEL);
    }

    private String picture(@Nullable String caption, long seed, ImageFormat format, String model, String digest)
            throws IOException {
        byte[] file = ImageEncoder.encode(
                noise(seed), format, new Provenance("Limner test", model, digest, seed, 0, 1, caption));
        String sha256 = Digests.sha256(file);
        Path path = folder.resolve("store").resolve(sha256.substring(0, 2)).resolve(sha256 + "." + format.extension());
        Files.createDirectories(path.getParent());
        Files.write(path, file);
        return sha256;
    }

    private String put(String sha256, byte[] bytes) throws IOException {
        Path path = folder.resolve("store").resolve(sha256.substring(0, 2)).resolve(sha256 + ".png");
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
        return sha256;
    }

    private String uri(String sha256) {
        return folder.resolve("store")
                .resolve(sha256.substring(0, 2))
                .resolve(sha256 + ".png")
                .toUri()
                .toString();
    }

    private static Pixels noise(long seed) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        new SplittableRandom(seed).nextBytes(rgb);
        return new Pixels(SIDE, SIDE, rgb);
    }
}
