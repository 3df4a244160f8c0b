package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryUntilDoneTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AtomicInteger tries = new AtomicInteger();

    @Test
    void shouldTryUntilItIsDone() throws InterruptedException {
        RetryUntilDone.until(() -> failFirst(5), () -> false, SHORT, SHORT);

        assertThat(tries).hasValue(6);
    }

    @Test
    void shouldHandTheFailureOnWhenNobodyWaitsAnyMore() {
        assertThatThrownBy(() -> RetryUntilDone.until(() -> failFirst(5), () -> tries.get() == 3, SHORT, SHORT))
                .hasMessage("3");
    }

    private void failFirst(int times) {
        if (tries.incrementAndGet() <= times) {
            throw new IllegalStateException(String.valueOf(tries.get()));
        }
    }
}
