package dev.limner.worker.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StopBudgetTest {
    private final AtomicLong now = new AtomicLong(17);

    @Test
    void shouldGiveEachWaitNoMoreThanIsLeft() {
        StopBudget budget = new StopBudget(Duration.ofSeconds(20), now::get);

        assertThat(budget.atMost(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
        pass(Duration.ofSeconds(16));
        assertThat(budget.atMost(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(4));
        assertThat(budget.left()).isEqualTo(Duration.ofSeconds(4));
        pass(Duration.ofSeconds(4).minusNanos(1));
        assertThat(budget.left()).isEqualTo(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(budget.left()).isZero();
        pass(Duration.ofDays(1));
        assertThat(budget.left()).isZero();
        assertThat(budget.atMost(Duration.ofSeconds(5))).isZero();
    }

    @Test
    void shouldKeepAFifthForClosing() {
        StopBudget budget = new StopBudget(Duration.ofSeconds(20), now::get);

        assertThat(budget.leftForWork()).isEqualTo(Duration.ofSeconds(16));
        pass(Duration.ofSeconds(16).minusNanos(1));
        assertThat(budget.leftForWork()).isEqualTo(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(budget.leftForWork()).isZero();
        assertThat(budget.left()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void shouldRefuseATimeBeforeNow() {
        assertThat(new StopBudget(Duration.ZERO, now::get).left()).isZero();
        assertThatThrownBy(() -> new StopBudget(Duration.ofNanos(-1), now::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.000000001S");
    }

    @Test
    void shouldLeaveBehindWhatDoesNotCloseAndCloseTheRest() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(2);

        boolean all = ParallelClose.all(
                new StopBudget(Duration.ofMillis(300)),
                List.of(
                        never::await,
                        () -> {
                            closed.countDown();
                            throw new IllegalStateException("not cleanly");
                        },
                        closed::countDown));

        assertThat(all).isFalse();
        assertThat(closed.getCount()).isZero();
        never.countDown();
        assertThat(ParallelClose.all(new StopBudget(Duration.ofSeconds(10)), List.of(closed::countDown)))
                .isTrue();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
