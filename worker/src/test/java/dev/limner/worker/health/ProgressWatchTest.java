package dev.limner.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.publish.CommitScheduler;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Time is simulated: an outage of ten minutes takes none. */
class ProgressWatchTest {
    private static final PartitionRef ONE = new PartitionRef("limner.jobs.bulk", 1);
    private static final PartitionRef TWO = new PartitionRef("limner.jobs.bulk", 2);
    private static final Duration ROUND = Duration.ofMillis(500);

    private long now = 1_000_000_007;
    private final ProgressWatch watch = new ProgressWatch(() -> now);
    private double received;

    @Test
    void shouldRestartNothingInTenMinutesWithoutBrokersAndRecoverByItself() {
        StageWatch store = new StageWatch("store", 1);
        store.began(0, now);
        CommitScheduler.State failing = new CommitScheduler.State(7, "TimeoutException: nobody answers", now);
        for (Duration passed = Duration.ZERO;
                passed.compareTo(Duration.ofMinutes(10)) < 0;
                passed = passed.plus(ROUND)) {
            go(ROUND, sight(Map.of(ONE, 41L), Set.of(ONE), true, failing, Set.of(), List.of(store)), false);
            assertThat(watch.turning()).isTrue();
            assertThat(watch.brokersAnswer())
                    .as("after %s", passed.plus(ROUND))
                    .isEqualTo(passed.plus(ROUND).compareTo(ProgressWatch.SILENT) < 0);
        }
        assertThat(watch.silence()).isEqualTo(Duration.ofMinutes(10));
        assertThat(watch.reasons())
                .anyMatch(reason -> reason.contains("limner.jobs.bulk-1 stands at offset 41"))
                .anyMatch(reason -> reason.contains("stage store has not moved for 600 s"))
                .anyMatch(reason -> reason.contains("7 publications in a row failed: TimeoutException"))
                .anyMatch(reason -> reason.contains("a publication has not ended for 600 s"));

        store.ended(0);
        go(ROUND, sight(Map.of(), Set.of(ONE), true, CommitScheduler.State.FINE, Set.of(), List.of(store)), true);
        assertThat(watch.brokersAnswer()).isTrue();
        assertThat(watch.reasons()).isEmpty();
    }

    @Test
    void shouldSayStuckOfAControlThreadThatDoesNotGoRound() {
        watch.round();
        now += ProgressWatch.ROUND.toNanos() - 1;
        assertThat(watch.turning()).isTrue();
        now += 1;
        assertThat(watch.turning()).isFalse();
        watch.round();
        assertThat(watch.turning()).isTrue();
    }

    @Test
    void shouldHearTheBrokersWhileThereIsNoTimeForACloserLook() {
        now += ProgressWatch.SILENT.toNanos();
        assertThat(watch.brokersAnswer()).isFalse();
        watch.heard(1);
        assertThat(watch.brokersAnswer()).isTrue();

        now += ProgressWatch.SILENT.toNanos();
        watch.heard(1);
        assertThat(watch.brokersAnswer()).isFalse();
    }

    @Test
    void shouldCountOnlyTheTimeInWhichTheDeviceWasFree() {
        go(ROUND, oldest(Map.of(ONE, 5L, TWO, 9L), true), true);
        go(ProgressWatch.STILL.minusMillis(1), oldest(Map.of(ONE, 5L, TWO, 9L), true), true);
        assertThat(watch.reasons()).isEmpty();
        go(Duration.ofHours(1), oldest(Map.of(ONE, 5L, TWO, 10L), false), true);
        assertThat(watch.reasons()).isEmpty();
        go(Duration.ofMillis(1), oldest(Map.of(ONE, 5L, TWO, 10L), true), true);
        assertThat(watch.reasons()).singleElement().asString().contains("limner.jobs.bulk-1 stands at offset 5");
        go(ROUND, oldest(Map.of(ONE, 6L, TWO, 10L), true), true);
        assertThat(watch.reasons()).isEmpty();
    }

    @Test
    void shouldForgetAPartitionThatWasGivenAway() {
        go(ROUND, oldest(Map.of(ONE, 5L), true), true);
        go(ProgressWatch.STILL.minus(ROUND), oldest(Map.of(), true), true);
        go(ProgressWatch.STILL, oldest(Map.of(ONE, 5L), true), true);
        assertThat(watch.reasons()).isEmpty();
    }

    @Test
    void shouldNameAPartitionWhoseStateIsNotKnown() {
        Set<PartitionRef> both = Set.of(ONE, TWO);
        ProgressWatch.Sight sight = new ProgressWatch.Sight(
                both, Set.of(TWO), Map.of(), true, 1, CommitScheduler.State.FINE, Set.of(), List.of());
        go(ROUND, sight, true);
        go(ProgressWatch.STILL.minusMillis(1), sight, true);
        assertThat(watch.reasons()).isEmpty();
        ProgressWatch.Findings found = go(Duration.ofMillis(1), sight, true);
        assertThat(found.unknown()).containsExactly(Map.entry(ONE, ProgressWatch.STILL));
        assertThat(watch.reasons()).singleElement().asString().contains("limner.jobs.bulk-1 is not known since 60 s");
        go(ROUND, oldest(Map.of(), true), true);
        assertThat(watch.reasons()).isEmpty();
    }

    @Test
    void shouldCountFailedPublicationsInARowAndNameWhatIsMissing() {
        go(ROUND, sight(Map.of(), Set.of(), true, new CommitScheduler.State(2, "x", -1), Set.of(), List.of()), true);
        assertThat(watch.reasons()).isEmpty();
        go(
                ROUND,
                sight(Map.of(), Set.of(), true, new CommitScheduler.State(3, "x", -1), Set.of("no topic"), List.of()),
                true);
        assertThat(watch.reasons()).containsExactly("no topic", "3 publications in a row failed: x");
    }

    private ProgressWatch.Sight oldest(Map<PartitionRef, Long> oldest, boolean free) {
        return sight(oldest, Set.of(ONE, TWO), free, CommitScheduler.State.FINE, Set.of(), List.of());
    }

    private static ProgressWatch.Sight sight(
            Map<PartitionRef, Long> oldest,
            Set<PartitionRef> owned,
            boolean free,
            CommitScheduler.State publishing,
            Set<String> obstacles,
            List<StageWatch> stages) {
        return new ProgressWatch.Sight(owned, new HashSet<>(owned), oldest, free, 0, publishing, obstacles, stages);
    }

    /** One round, after some time, in which the brokers said something or not. */
    private ProgressWatch.Findings go(Duration time, ProgressWatch.Sight sight, boolean heard) {
        now += time.toNanos();
        received += heard ? 100 : 0;
        watch.round();
        return watch.look(new ProgressWatch.Sight(
                sight.owned(),
                sight.restored(),
                sight.oldest(),
                sight.deviceFree(),
                received,
                sight.publishing(),
                sight.obstacles(),
                sight.stages()));
    }
}
