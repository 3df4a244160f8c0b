package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.lifecycle.StopBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastCommitTest {
    private static final Duration REVOKE = Duration.ofSeconds(5);

    private long now;

    @Test
    void shouldTryAgainAsLongAsItMayFailAndNoLonger() {
        Brokers patient = new Brokers(0, End.FAILS, End.FAILS, End.COMMITS);
        assertThat(made(patient, REVOKE)).as("failed one time less than it may").isTrue();
        assertThat(patient.tries).isEqualTo(LastCommit.MOST_FAILURES);

        Brokers failing = new Brokers(0, End.FAILS, End.FAILS, End.FAILS, End.COMMITS);
        assertThat(made(failing, REVOKE)).as("failed as often as it may").isFalse();
        assertThat(failing.tries).isEqualTo(LastCommit.MOST_FAILURES);
    }

    @Test
    void shouldNotCountFailuresFromBefore() {
        assertThat(made(new Brokers(7, End.FAILS, End.FAILS, End.COMMITS), REVOKE))
                .isTrue();
    }

    @Test
    void shouldCountAFailureThatEndsLaterAndWaitForOneThatHasNotEnded() {
        Brokers slow = new Brokers(0, End.FAILS_LATER, End.FAILS_LATER, End.FAILS_LATER, End.COMMITS);
        assertThat(made(slow, REVOKE)).isFalse();
        assertThat(slow.tries).isEqualTo(LastCommit.MOST_FAILURES);

        assertThat(made(new Brokers(0, End.FAILS_LATER, End.FAILS_LATER, End.COMMITS), REVOKE))
                .isTrue();
    }

    @Test
    void shouldTryUntilItsTimeIsOver() {
        Duration look = LastCommit.LOOK_EVERY;
        Brokers silent = new Brokers(0, End.NEVER);
        assertThat(made(silent, look.multipliedBy(10))).isFalse();
        assertThat(now).isEqualTo(look.multipliedBy(10).toNanos());

        now = 0;
        Brokers shortly = new Brokers(0, End.NEVER);
        assertThat(made(shortly, look.minusNanos(1))).isFalse();
        assertThat(shortly.longest).isEqualTo(look.minusNanos(1));

        Brokers noTime = new Brokers(0, End.COMMITS);
        assertThat(made(noTime, Duration.ZERO)).isFalse();
        assertThat(noTime.tries).isZero();
    }

    @Test
    void shouldNotTryWhileSomethingItNeedsIsMissing() {
        Brokers refusing = new Brokers(0, End.COMMITS);
        refusing.passable = false;
        assertThat(made(refusing, REVOKE)).isFalse();
        assertThat(refusing.tries).isZero();
    }

    private boolean made(Brokers brokers, Duration within) {
        return LastCommit.made(
                brokers, new StopBudget(within, () -> now), () -> brokers.listened(LastCommit.LOOK_EVERY));
    }

    /** How a publication ends. */
    private enum End {
        COMMITS,
        FAILS,
        FAILS_LATER,
        NEVER
    }

    private final class Brokers implements LastCommit.Commits {
        private final Deque<End> ends;
        private int failures;
        private boolean passable = true;
        private End onItsWay = End.COMMITS;
        private int tries;
        private Duration longest = Duration.ZERO;

        Brokers(int failures, End... ends) {
            this.failures = failures;
            this.ends = new ArrayDeque<>(List.of(ends));
        }

        @Override
        public boolean passable() {
            return passable;
        }

        @Override
        public boolean busy() {
            return onItsWay != End.COMMITS;
        }

        @Override
        public int failures() {
            return failures;
        }

        @Override
        public boolean publish(Duration patience) {
            tries++;
            longest = patience.compareTo(longest) > 0 ? patience : longest;
            End end = ends.remove();
            switch (end) {
                case COMMITS -> {
                    return true;
                }
                case FAILS -> failures++;
                case FAILS_LATER, NEVER -> {
                    now += patience.toNanos();
                    onItsWay = end;
                }
            }
            return false;
        }

        void listened(Duration waited) {
            now += waited.toNanos();
            if (onItsWay == End.FAILS_LATER) {
                failures++;
                onItsWay = End.COMMITS;
            }
        }
    }
}
