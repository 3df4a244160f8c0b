package dev.limner.training.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feedback says of how much images are liked. */
class PreferenceDataTest {
    private static final String ASKED = "red apple";
    private static final float[] FEATURES = {1, 2, 3};

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder, 1), 100);
        extractors = FeatureExtractors.read(Path.of("../data/emoji/judges-en-v2"), Device.cpu());
    }

    @AfterAll
    static void close() {
        extractors.close();
        encoder.close();
    }

    @Test
    void shouldTakeACorrectionForABadImageOfWhatWasAskedAndAGoodOneOfWhatItShows() {
        String shown = captionFor(RewardEnsemble.From.of(ASKED));

        PreferenceData lessons = lessons(entry(null, shown, null));

        assertThat(lessons.marks())
                .extracting(PreferenceData.RatedExample::liked)
                .containsExactly(0.0, 1.0);
        assertThat(lessons.marks())
                .extracting(PreferenceData.RatedExample::order)
                .containsExactly(0, 1);
        assertThat(lessons.marks().get(0).input())
                .isNotEqualTo(lessons.marks().get(1).input());
    }

    @Test
    void shouldBelieveWhatIsSaidBesideACorrection() {
        String shown = captionFor(RewardEnsemble.From.of(ASKED));

        PreferenceData lessons = lessons(entry(new Opinion.Score(10), shown, null));

        assertThat(lessons.marks())
                .extracting(PreferenceData.RatedExample::liked)
                .containsExactly(1.0, 1.0);
    }

    @Test
    void shouldNotCarryAnImageFromTheTunersCaptionsToTheGates() {
        RewardEnsemble.From other = RewardEnsemble.From.of(ASKED) == RewardEnsemble.From.TUNER
                ? RewardEnsemble.From.GATE
                : RewardEnsemble.From.TUNER;

        PreferenceData lessons = lessons(entry(null, captionFor(other), null));

        assertThat(lessons.marks())
                .extracting(PreferenceData.RatedExample::liked)
                .containsExactly(0.0);
    }

    @Test
    void shouldLearnNothingOfWhatIsLikedFromAnExample() {
        FeedbackEntry example = entry(null, captionFor(RewardEnsemble.From.of(ASKED)), "file:///examples/apple.png");

        assertThat(PreferenceData.isIn(example)).isFalse();
        assertThat(lessons(example).size()).isZero();
    }

    @Test
    void shouldLeaveOutAnImageThatCouldNotBeLookedAtAgain() {
        FeedbackEntry entry = entry(new Opinion.Verdict(true), null, null);
        GeneratedImage seen = entry.image();
        GeneratedImage unseen = new GeneratedImage(
                seen.sha256(), seen.model(), seen.caption(), seen.seed(), seen.index(), new float[0]);

        PreferenceData lessons = lessons(
                entry,
                new FeedbackEntry(entry.origin(), entry.feedback(), unseen, null, entry.rater(), entry.at()),
                new FeedbackEntry(entry.origin(), entry.feedback(), seen, unseen, entry.rater(), entry.at()));

        assertThat(lessons.size()).isEqualTo(1);
    }

    private static PreferenceData lessons(FeedbackEntry... entries) {
        return PreferenceData.of(List.of(entries), new RewardFeatures(extractors), encoder);
    }

    private static String captionFor(RewardEnsemble.From whom) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "green pear " + i)
                .filter(caption -> RewardEnsemble.From.of(caption) == whom)
                .findFirst()
                .orElseThrow();
    }

    private static FeedbackEntry entry(@Nullable Opinion opinion, @Nullable String caption, @Nullable String example) {
        String sha256 = "0".repeat(64);
        return new FeedbackEntry(
                new RecordPosition("feedback", 0, 1),
                new Feedback(
                        "f1", ImageName.parse(sha256), opinion, List.of(), caption, example, "anna", Instant.EPOCH),
                new GeneratedImage(sha256, "a".repeat(64), ASKED, 1, 0, FEATURES),
                null,
                "anna",
                Instant.EPOCH);
    }
}
