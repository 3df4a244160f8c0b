package dev.limner.training.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much of one rater counts in an hour, whatever is written about the time. */
class RaterLimitTest extends FeedbackFixture {
    @Test
    void shouldHoldEveryRaterToAnHoursShare() throws IOException {
        List<FeedbackRecord> flood = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            flood.add(record("{\"image\":\"" + image("apple", i, ImageFormat.PNG)
                    + "\",\"verdict\":\"like\",\"rater\":\"eve\"}"));
        }
        FeedbackRecord other = record(
                "{\"image\":\"" + image("apple", 0, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"ada\"}");

        intake.take(flood.subList(0, 3));
        intake.take(flood.subList(3, 8));
        intake.take(List.of(other));

        assertThat(letters.values()).hasSize(3).containsOnly(ErrorCode.RATER_OVER_LIMIT);
        assertThat(messages.get(0)).isEqualTo("rater is 'eve', has said 5 things in this hour already");
        assertThat(replay.upTo(99)).hasSize(6);
    }

    /** Whoever floods writes the times that suit: one per hour, long ago, ahead, or none. */
    @ParameterizedTest
    @EnumSource
    void shouldCountByWhenItArrivesWhateverTimeTheSenderWrites(Sent sent) throws IOException {
        List<FeedbackRecord> flood = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            flood.add(record(
                    "{\"image\":\"" + image("apple", i, ImageFormat.PNG)
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
                "{\"image\":\"" + image("apple", 12, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
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
                    "{\"image\":\"" + image("apple", i, ImageFormat.PNG) + "\",\"verdict\":\"like\"}",
                    // Six in the hour before noon, six in the one from then on.
                    NOON.plusMillis(i < 6 ? -1 : 0),
                    FeedbackRecord.Clock.BROKER));
        }
        now = NOON.plus(Duration.ofDays(3));

        intake.take(backlog);

        assertThat(letters.keySet()).extracting(RecordPosition::offset).containsExactly(5L, 11L);
        assertThat(messages.get(0))
                .isEqualTo("rater is 'feedback without a rater', has said 5 things in this hour already");
    }

    @Test
    void shouldCountTheSameAfterARestart() throws IOException {
        for (int i = 0; i < 5; i++) {
            intake.take(List.of(record(
                    "{\"image\":\"" + image("apple", i, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
                    Instant.EPOCH,
                    FeedbackRecord.Clock.SENDER)));
        }
        replay.close();
        FeedbackRecord sixth = record(
                "{\"image\":\"" + image("apple", 6, ImageFormat.PNG) + "\",\"verdict\":\"like\",\"rater\":\"eve\"}",
                Instant.EPOCH,
                FeedbackRecord.Clock.SENDER);
        try (ReplayBuffer reopened = ReplayBuffer.open(folder.resolve("replay.db"), 100)) {
            intake(reopened).take(List.of(sixth));
            assertThat(reopened.upTo(99)).hasSize(5);
        }
        assertThat(letters.values()).containsExactly(ErrorCode.RATER_OVER_LIMIT);
    }
}
