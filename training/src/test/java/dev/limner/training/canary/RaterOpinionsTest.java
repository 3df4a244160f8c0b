package dev.limner.training.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.canary.SequentialLikelihoodTest.Decision;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.RaterVote;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RaterOpinionsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final RaterOpinions opinions = new RaterOpinions("new", SequentialDesign.OF_OPINIONS);
    private long number;
    private Instant now = NOON;

    @Test
    void shouldCountEachRaterOnceInEachArmHoweverMuchTheySay() {
        for (int i = 0; i < 500; i++) {
            vote("eve", "new", false);
            vote("eve", "old", true);
            vote("ada", "old", true);
            vote("ada", "new", true);
        }
        assertThat(opinions.raters()).isEqualTo(2);
        assertThat(opinions.decision()).isEqualTo(Decision.OPEN);
    }

    @Test
    void shouldCountEverybodyWithoutANameAsOne() {
        for (int i = 0; i < 500; i++) {
            vote(FeedbackEntry.NOBODY, i % 2 == 0 ? "new" : "old", i % 2 != 0);
        }
        assertThat(opinions.raters()).isEqualTo(1);
        assertThat(opinions.decision()).isEqualTo(Decision.OPEN);
    }

    @Test
    void shouldFindOutWhatManyRatersDislike() {
        for (int i = 0; i < 40; i++) {
            vote("a" + i, "old", true);
            vote("b" + i, "new", false);
        }
        assertThat(opinions.decision()).isEqualTo(Decision.WORSE);
        assertThat(opinions.text()).isEqualTo("40 of 40 raters dislike it, the other 0 of as many");
    }

    @Test
    void shouldCompareOnlyWhatIsSaidAtTheSameTime() {
        vote("a", "old", true);
        now = now.plus(RaterOpinions.CONCURRENT).plusMillis(1);
        vote("b", "new", false);
        assertThat(opinions.raters()).isZero();

        now = NOON.plus(RaterOpinions.CONCURRENT.multipliedBy(2)).plusMillis(11);
        vote("c", "old", true);
        assertThat(opinions.raters()).isEqualTo(1);
    }

    /** A topic's partitions are caught up with one after the other. */
    @Test
    void shouldNotCompareWithWhatWasSaidMuchLaterAndReadBefore() {
        now = NOON.plus(Duration.ofHours(5));
        vote("a", "old", true);
        now = NOON;
        vote("b", "new", false);
        assertThat(opinions.raters()).isZero();

        now = NOON.plus(Duration.ofHours(5));
        vote("c", "new", true);
        assertThat(opinions.raters()).isEqualTo(1);
    }

    /** Of two models, one of which few see: by then they have seen many of the other. */
    @Test
    void shouldCompareOnlyRatersWhoHaveSaidAboutAsMuch() {
        vote("a", "old", true);
        for (int i = 0; i < 4; i++) {
            vote("b", "old", true);
        }
        vote("b", "new", false);
        assertThat(opinions.raters())
                .as("with their own fourth, not with the first of another")
                .isEqualTo(1);
        vote("c", "new", false);
        assertThat(opinions.raters()).isEqualTo(2);
        vote("d", "new", false);
        assertThat(opinions.raters()).isEqualTo(2);
    }

    @Test
    void shouldNotCountARaterAgainWhenOthersHaveSaidMore() {
        vote("ada", "old", true);
        vote("eve", "new", false);
        vote("bob", "old", true);
        vote("bob", "old", true);

        vote("eve", "new", false);

        assertThat(opinions.raters()).isEqualTo(1);
    }

    @Test
    void shouldCompareAFirstWordWithAFirstWord() {
        vote("bob", "old", true);
        vote("bob", "old", false);

        vote("eve", "new", true);

        assertThat(opinions.text()).isEqualTo("0 of 1 raters dislike it, the other 0 of as many");
    }

    private void vote(String rater, String model, boolean liked) {
        opinions.add(new RaterVote(++number, model, rater, now, liked));
        now = now.plus(Duration.ofMillis(10));
    }
}
