package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompletionQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CompletionQueue mailbox = new CompletionQueue();
    private final AtomicInteger bell = new AtomicInteger();

    @BeforeEach
    void connect() {
        mailbox.connect(bell::incrementAndGet);
    }

    @Test
    void shouldRingTheBellOnceAndOnlyWhileTheControlThreadIsAway() {
        mailbox.ring();
        assertThat(bell).hasValue(0);

        mailbox.woken();
        assertThat(mailbox.leave(LONG)).isEqualTo(LONG);
        mailbox.ring();
        mailbox.ring();
        assertThat(bell).hasValue(1);
    }

    @Test
    void shouldNotLetTheControlThreadWaitForWhatHasRungAlready() {
        mailbox.ring();
        mailbox.await(LONG);

        assertThat(mailbox.leave(LONG)).isEqualTo(Duration.ZERO);
    }

    @Test
    void shouldWaitAgainOnceEverythingWasSeen() {
        mailbox.ring();
        mailbox.woken();

        long start = System.nanoTime();
        mailbox.await(Duration.ofMillis(20));
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(19).toNanos());
    }
}
