package dev.limner.training.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayBufferTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void shouldForgetTheOldestBeyondItsBoundButNotTheirIds() {
        try (ReplayBuffer buffer = ReplayBuffer.open(folder.resolve("r.db"), 10)) {
            for (int i = 0; i < 25; i++) {
                FeedbackEntry entry = entry(i);
                buffer.record(writer -> writer.add(entry));
            }

            List<FeedbackEntry> left = buffer.upTo(buffer.last());
            assertThat(left).hasSize(10).first().isEqualTo(entry(15));
            buffer.record(writer -> {
                assertThat(writer.knows("f3")).isTrue();
                assertThat(writer.knows("f24")).isTrue();
                assertThat(writer.knows("f25")).isFalse();
            });
            assertThat(buffer.countAfter(20)).isEqualTo(5);
        }
    }

    @Test
    void shouldHaveImagesLookedAtAgainWhenTheJudgesChange() {
        try (ReplayBuffer buffer = ReplayBuffer.open(folder.resolve("r.db"), 10)) {
            FeedbackEntry entry = entry(1);
            buffer.record(writer -> writer.add(entry));

            assertThat(buffer.seenThrough("first", true, sha256 -> Optional.of(new float[] {9})))
                    .as("what nobody has said otherwise of was seen through the first version")
                    .isZero();
            assertThat(buffer.upTo(buffer.last())).containsExactly(entry);
            assertThat(buffer.seenThrough("second", false, sha256 -> Optional.of(new float[] {9})))
                    .isEqualTo(1);
            assertThat(buffer.seenThrough("second", false, sha256 -> Optional.empty()))
                    .isZero();
            assertThat(buffer.judges()).contains("second");
            assertThat(buffer.upTo(buffer.last()).get(0).image().features()).containsExactly(9f);

            buffer.seenThrough("third", false, sha256 -> Optional.empty());
            assertThat(buffer.upTo(buffer.last()).get(0).image().features()).isEmpty();
        }
    }

    /** A restart reads the votes of a test again: it must not be another test. */
    @Test
    void shouldKeepTheVotesOfARunningTestBeyondItsBound() {
        try (ReplayBuffer buffer = ReplayBuffer.open(folder.resolve("r.db"), 10)) {
            for (int i = 0; i < 25; i++) {
                say(buffer, i);
            }
            assertThat(votes(buffer)).hasSize(25);

            buffer.keepVotesFrom(NOON.plusSeconds(8));
            say(buffer, 25);
            assertThat(votes(buffer))
                    .hasSize(18)
                    .first()
                    .extracting(RaterVote::number)
                    .isEqualTo(9L);

            buffer.keepVotesFrom(NOON.plusSeconds(100));
            say(buffer, 26);
            assertThat(votes(buffer)).hasSize(10);
        }
    }

    private static List<RaterVote> votes(ReplayBuffer buffer) {
        return buffer.votes("a".repeat(64), "b".repeat(64), 0, NOON);
    }

    private static void say(ReplayBuffer buffer, int number) {
        FeedbackEntry entry = entry(number, NOON.plusSeconds(number));
        buffer.record(writer -> writer.add(entry));
    }

    @Test
    void shouldHoldAllOfATransactionOrNothing() {
        Path file = folder.resolve("r.db");
        try (ReplayBuffer buffer = ReplayBuffer.open(file, 10)) {
            assertThatThrownBy(() -> buffer.record(writer -> {
                        writer.add(entry(1));
                        writer.position("feedback", 0, 2);
                        throw new IllegalStateException("killed");
                    }))
                    .hasMessage("killed");
            assertThat(buffer.last()).isZero();
            assertThat(buffer.position("feedback", 0)).isEmpty();

            buffer.record(writer -> {
                writer.add(entry(1));
                writer.position("feedback", 0, 2);
            });
        }
        try (ReplayBuffer buffer = ReplayBuffer.open(file, 10)) {
            assertThat(buffer.upTo(9)).containsExactly(entry(1));
            assertThat(buffer.position("feedback", 0)).hasValue(2L);
            buffer.record(writer -> writer.position("feedback", 0, 1));
            assertThat(buffer.position("feedback", 0)).hasValue(2L);
        }
    }

    @Test
    void shouldGoOnWithTheRoundThatWasUnderWay() {
        Path file = folder.resolve("r.db");
        RoundRecord round;
        try (ReplayBuffer buffer = ReplayBuffer.open(file, 10)) {
            round = buffer.rounds().start("200 new opinions", "a".repeat(64), 17, 3, NOON);
            assertThat(round.id()).isEqualTo(1);
        }
        try (ReplayBuffer buffer = ReplayBuffer.open(file, 10)) {
            assertThat(buffer.rounds().running()).hasValue(round);

            buffer.rounds().save(round.ended(RoundRecord.State.REJECTED, "b".repeat(64), List.of("too few"), NOON));
            assertThat(buffer.rounds().running()).isEmpty();
            assertThat(buffer.rounds().learnedUpTo()).isEqualTo(17);
            assertThat(buffer.rounds()
                            .start("by hand", "a".repeat(64), 30, 4, NOON)
                            .id())
                    .isEqualTo(2);
            assertThat(buffer.rounds().all()).extracting(RoundRecord::id).containsExactly(2L, 1L);
        }
    }

    /** Feedback comes in while a round begins: what reads before it writes must not be overtaken. */
    @Test
    void shouldLetTwoWritersWaitForEachOther() throws Exception {
        try (ReplayBuffer buffer = ReplayBuffer.open(folder.resolve("r.db"), 10);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            List<Future<RoundRecord>> started = new ArrayList<>();
            buffer.record(writer -> {
                assertThat(writer.knows("f1")).isFalse();
                started.add(other.submit(() -> buffer.rounds().start("by hand", "a".repeat(64), 0, 3, NOON)));
                await(started.get(0));
                writer.add(entry(1));
            });
            assertThat(started.get(0).get().id()).isEqualTo(1);
            assertThat(buffer.last()).isEqualTo(1);
        }
    }

    /** Until it is done, or long enough to know that it waits. */
    private static void await(Future<RoundRecord> round) {
        try {
            round.get(300, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            assertThat(round).isNotDone();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static FeedbackEntry entry(int number) {
        return entry(number, NOON);
    }

    private static FeedbackEntry entry(int number, Instant at) {
        String sha256 = String.format("%064x", number);
        return new FeedbackEntry(
                new RecordPosition("feedback", 0, number),
                Feedback.of("f" + number, ImageName.parse(sha256), new Opinion.Verdict(true), "anna", NOON),
                new GeneratedImage(sha256, "a".repeat(64), "apple", number, 0, new float[] {number, -1.5f}),
                null,
                "anna",
                at);
    }
}
