package dev.limner.training.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.text.CachingTextEncoder;
import dev.limner.generator.text.PretrainedEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.training.evaluate.extractor.Judges;
import dev.limner.training.replay.Origin;
import dev.limner.training.replay.Picture;
import dev.limner.training.replay.Remembered;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feedback says of how much pictures are liked. */
class LessonsTest {
    private static final String ASKED = "red apple";
    private static final float[] FEATURES = {1, 2, 3};

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static Judges judges;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder, 1), 100);
        judges = Judges.read(Path.of("../data/emoji/judges-en-v1"), Device.cpu());
    }

    @AfterAll
    static void close() {
        judges.close();
        encoder.close();
    }

    @Test
    void shouldTakeACorrectionForABadPictureOfWhatWasAskedAndAGoodOneOfWhatItShows() {
        String shown = captionFor(Reward.From.of(ASKED));

        Lessons lessons = lessons(entry(null, shown, null));

        assertThat(lessons.marks()).extracting(Lessons.Mark::liked).containsExactly(0.0, 1.0);
        assertThat(lessons.marks()).extracting(Lessons.Mark::order).containsExactly(0, 1);
        assertThat(lessons.marks().get(0).input())
                .isNotEqualTo(lessons.marks().get(1).input());
    }

    @Test
    void shouldBelieveWhatIsSaidBesideACorrection() {
        String shown = captionFor(Reward.From.of(ASKED));

        Lessons lessons = lessons(entry(new Opinion.Score(10), shown, null));

        assertThat(lessons.marks()).extracting(Lessons.Mark::liked).containsExactly(1.0, 1.0);
    }

    @Test
    void shouldNotCarryAPictureFromTheTunersCaptionsToTheGates() {
        Reward.From other = Reward.From.of(ASKED) == Reward.From.TUNER ? Reward.From.GATE : Reward.From.TUNER;

        Lessons lessons = lessons(entry(null, captionFor(other), null));

        assertThat(lessons.marks()).extracting(Lessons.Mark::liked).containsExactly(0.0);
    }

    @Test
    void shouldLearnNothingOfWhatIsLikedFromAnExample() {
        Remembered example = entry(null, captionFor(Reward.From.of(ASKED)), "file:///examples/apple.png");

        assertThat(Lessons.isIn(example)).isFalse();
        assertThat(lessons(example).size()).isZero();
    }

    private static Lessons lessons(Remembered... entries) {
        return Lessons.of(List.of(entries), new RewardEyes(judges), encoder);
    }

    private static String captionFor(Reward.From whom) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "green pear " + i)
                .filter(caption -> Reward.From.of(caption) == whom)
                .findFirst()
                .orElseThrow();
    }

    private static Remembered entry(@Nullable Opinion opinion, @Nullable String caption, @Nullable String example) {
        String sha256 = "0".repeat(64);
        return new Remembered(
                new Origin("feedback", 0, 1),
                new Feedback(
                        "f1", ImageName.parse(sha256), opinion, List.of(), caption, example, "anna", Instant.EPOCH),
                new Picture(sha256, "a".repeat(64), ASKED, 1, 0, FEATURES),
                null,
                "anna",
                Instant.EPOCH);
    }
}
