package dev.limner.training.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.training.data.ImageDecoder;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.RaterVote;
import dev.limner.training.replay.ReplayBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of images: remembered, refused with its reason, never counted twice. */
class FeedbackIntakeTest extends FeedbackFixture {
    @Test
    void shouldRememberWhatIsSaidOfAnImageWithTheImage() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
        String other = image("apple", 2, ImageFormat.JPEG);

        intake.take(List.of(
                record("{\"id\":\"f1\",\"image\":\"" + apple + "\",\"verdict\":\"like\",\"rater\":\"anna\"}"),
                record("{\"id\":\"f2\",\"image\":\"" + uri(apple) + "\",\"preferredOver\":\"" + other + "\"}"),
                record("{\"image\":\"" + other + "\",\"score\":3}")));

        assertThat(letters).isEmpty();
        List<FeedbackEntry> entries = replay.upTo(replay.last());
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
                .extracting(RaterVote::rater, RaterVote::liked)
                .containsExactly(tuple("anna", true), tuple(FeedbackEntry.NOBODY, false));
    }

    @Test
    void shouldRefuseEveryImageThatLimnerDidNotMakeAndSayWhy() throws IOException {
        byte[] foreign = ImageDecoder.toPng(noise(9).toImage());
        String foreignName = put(Digests.sha256(foreign), foreign);
        String altered = put("b".repeat(64), foreign);
        String stranger = image("apple", 3, ImageFormat.PNG, "default", "c".repeat(64));
        String otherModel = image("apple", 3, ImageFormat.PNG, "other", MODEL);
        String silent = image(null, 3, ImageFormat.PNG);
        String apple = image("apple", 1, ImageFormat.PNG);
        String pear = image("pear", 1, ImageFormat.PNG);
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

    /** A disk that is not mounted says nothing of whoever spoke of the images on it. */
    @Test
    void shouldRefuseNothingWhileTheStoreIsAway() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
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
        Files.write(folder.resolve("examples/flag.png"), ImageDecoder.toPng(noise(4).toImage()));
        String apple = image("apple", 1, ImageFormat.PNG);

        intake.take(List.of(record("{\"image\":\"" + apple + "\",\"caption\":\"a flag\",\"example\":\""
                + folder.resolve("examples/flag.png").toUri() + "\"}")));

        assertThat(letters).isEmpty();
        assertThat(replay.upTo(1).get(0).feedback().caption()).isEqualTo("a flag");
    }

    /** As with the images: a disk that is not mounted says nothing of whoever spoke of the files on it. */
    @Test
    void shouldRefuseNoExampleWhileItsFolderIsAway() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
        Path examples = folder.resolve("examples");
        String file = examples.resolve("flag.png").toUri().toString();
        List<FeedbackRecord> said =
                List.of(record("{\"image\":\"" + apple + "\",\"caption\":\"a flag\",\"example\":\"" + file + "\"}"));
        assertThatThrownBy(() -> intake.take(said))
                .hasMessageContaining(examples.toString())
                .hasMessageContaining("there is no such folder");
        Files.createDirectories(examples);
        assertThatThrownBy(() -> intake.take(said)).hasMessageContaining("it is empty");
        assertThat(letters).isEmpty();

        Files.write(examples.resolve("flag.png"), ImageDecoder.toPng(noise(4).toImage()));
        intake.take(said);

        assertThat(letters).isEmpty();
        assertThat(replay.upTo(replay.last())).hasSize(1);
    }

    /** Nobody can make all feedback wait by naming a file that never was, or one elsewhere. */
    @Test
    void shouldRefuseExamplesThatAreNotThereWhereTheirFolderIs() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
        Files.createDirectories(folder.resolve("examples"));
        Files.write(folder.resolve("examples/flag.png"), ImageDecoder.toPng(noise(4).toImage()));
        for (Path file : List.of(
                folder.resolve("examples/none.png"),
                folder.resolve("elsewhere/flag.png"),
                folder.resolve("examples/../elsewhere/flag.png"))) {
            intake.take(List.of(record(
                    "{\"image\":\"" + apple + "\",\"caption\":\"a flag\",\"example\":\"" + file.toUri() + "\"}")));
        }

        assertThat(letters.values()).hasSize(3).containsOnly(ErrorCode.EXAMPLE_UNREADABLE);
    }

    @Test
    void shouldCountNothingTwiceHoweverOftenItIsDelivered() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
        String pear = image("pear", 1, ImageFormat.PNG);
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
        String apple = image("apple", 1, ImageFormat.PNG);
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
    void shouldTakeWhatIsSaidInATopicThatWasMadeAgain() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
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
    void shouldKeepTheLastWordOfARaterAboutAnImage() throws IOException {
        String apple = image("apple", 1, ImageFormat.PNG);
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
}
