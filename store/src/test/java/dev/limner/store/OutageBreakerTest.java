package dev.limner.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutageBreakerTest {
    @Test
    void shouldWaitOutAnOutageAndBeOpenMeanwhile() {
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean wasOpen = new AtomicBoolean();
        OutageBreaker breaker = new OutageBreaker("it", null, () -> false);

        String answer = breaker.call(() -> {
            wasOpen.compareAndSet(false, breaker.open());
            if (calls.incrementAndGet() < 5) {
                throw new RetryableException("away", new IllegalStateException());
            }
            return "back";
        });

        assertThat(answer).isEqualTo("back");
        assertThat(calls).hasValue(5);
        assertThat(wasOpen).isTrue();
        assertThat(breaker.open()).isFalse();
    }

    @Test
    void shouldGiveUpAfterItsTime() {
        OutageBreaker breaker = new OutageBreaker("it", Duration.ofMillis(300), () -> false);

        assertThatThrownBy(() -> breaker.call(() -> {
                    throw new RetryableException("away", new IllegalStateException());
                }))
                .isInstanceOf(RuntimeException.class);
    }

    /** A job is not refused because the worker stops in the middle of an outage. */
    @Test
    void shouldSayRetryableWhenItWasNotEvenTried() {
        OutageBreaker breaker = new OutageBreaker("it", null, () -> true);
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> breaker.call(() -> {
                        throw new RetryableException("away", new IllegalStateException());
                    }))
                    .isInstanceOf(RetryableException.class);
        }
        assertThat(breaker.open()).isTrue();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> new OutageBreaker("it", null, () -> false).call(() -> {
                    throw new RetryableException("away", new IllegalStateException());
                }))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("it");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldNotTryAgainWhatCannotBeHelped() {
        AtomicInteger calls = new AtomicInteger();
        OutageBreaker breaker = new OutageBreaker("it", null, () -> false);

        assertThatThrownBy(() -> breaker.call(() -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("a bug");
                }))
                .hasMessage("a bug");
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldSayWhileAnOutageDoesNotPassByItself() {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger needed = new AtomicInteger();
        OutageBreaker breaker = new OutageBreaker("it", null, () -> false);

        breaker.call(() -> {
            needed.addAndGet(breaker.needsOperator() ? 1 : 0);
            return switch (calls.incrementAndGet()) {
                case 1 -> throw new OperatorNeededException("read only", new IllegalStateException());
                case 2 -> throw new RetryableException("away", new IllegalStateException());
                default -> "back";
            };
        });

        assertThat(calls).hasValue(3);
        assertThat(needed).hasValue(1);
        assertThat(breaker.needsOperator()).isFalse();
    }
}
