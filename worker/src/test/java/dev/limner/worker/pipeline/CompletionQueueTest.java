package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompletionQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CompletionQueue completions = new CompletionQueue();
    private final AtomicInteger bell = new AtomicInteger();

    @BeforeEach
    void connect() {
        completions.connect(bell::incrementAndGet);
    }

    @Test
    void shouldRingTheBellOnceAndOnlyWhileTheControlThreadIsAway() {
        completions.signal();
        assertThat(bell).hasValue(0);

        completions.awaken();
        assertThat(completions.leave(LONG)).isEqualTo(LONG);
        completions.signal();
        completions.signal();
        assertThat(bell).hasValue(1);
    }

    @Test
    void shouldNotLetTheControlThreadWaitForWhatHasRungAlready() {
        completions.signal();
        completions.await(LONG);

        assertThat(completions.leave(LONG)).isEqualTo(Duration.ZERO);
    }

    @Test
    void shouldWaitAgainOnceEverythingWasSeen() {
        completions.signal();
        completions.awaken();

        long start = System.nanoTime();
        completions.await(Duration.ofMillis(20));
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(19).toNanos());
    }
}
