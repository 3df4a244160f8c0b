package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class AheadQueueTest {
    /** Prepared and neither taken nor discarded. */
    private final Set<Long> open = ConcurrentHashMap.newKeySet();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private AheadQueue<Long> queue(long first, LongFunction<Long> prepare) {
        return new AheadQueue<>(
                "test-ahead",
                first,
                number -> {
                    threads.add(Thread.currentThread());
                    long made = prepare.apply(number);
                    open.add(made);
                    return made;
                },
                open::remove);
    }

    private long take(AheadQueue<Long> queue) {
        long taken = queue.take();
        assertThat(open.remove(taken)).isTrue();
        return taken;
    }

    @Test
    void shouldGiveThemInOrderAndCloseWhatNobodyTook() {
        try (AheadQueue<Long> queue = queue(7, number -> number)) {
            for (long number = 7; number < 100; number++) {
                assertThat(take(queue)).isEqualTo(number);
            }
            assertThat(queue.waitedSeconds()).isPositive();
        }

        assertThat(open).isEmpty();
        assertThat(threads)
                .singleElement()
                .satisfies(thread -> assertThat(thread.isAlive()).isFalse());
    }

    @Test
    void shouldBeNoFurtherAheadThanItSays() throws InterruptedException {
        Semaphore begun = new Semaphore(0);
        try (AheadQueue<Long> queue = queue(0, number -> {
            begun.release();
            return number;
        })) {
            // Those that fit, and the one that waits for room.
            assertThat(begun.tryAcquire(AheadQueue.CAPACITY + 1, 10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(begun.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();

            take(queue);

            assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(begun.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(open).isEmpty();
    }

    @Test
    void shouldEndWithTheCauseAfterWhatWasPreparedBefore() {
        for (Throwable cause :
                new Throwable[] {new OutOfMemoryError("of a test"), new IllegalArgumentException("no")}) {
            try (AheadQueue<Long> queue = queue(0, number -> {
                if (number == 2) {
                    sneak(cause);
                }
                return number;
            })) {
                assertThat(take(queue)).isZero();
                assertThat(take(queue)).isEqualTo(1);
                for (int again = 0; again < 2; again++) {
                    assertThatThrownBy(queue::take)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("step 2 takes could not be prepared")
                            .hasCause(cause);
                }
            }
            assertThat(open).isEmpty();
        }
    }

    private static void sneak(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) cause;
    }

    @Test
    void shouldWaitForThePreparationUnderWayWhenItIsClosed() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AheadQueue<Long> queue = queue(0, number -> {
            begun.countDown();
            // Deaf to interruption, as native code is.
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return number;
        });
        begun.await();

        queue.close();

        assertThat(threads)
                .singleElement()
                .satisfies(thread -> assertThat(thread.isAlive()).isFalse());
        assertThat(open).isEmpty();
    }

    @Test
    void shouldStopWaitingWhenInterrupted() {
        CountDownLatch never = new CountDownLatch(1);
        try (AheadQueue<Long> queue = queue(0, number -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return number;
        })) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(queue::take).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(open).isEmpty();
    }
}
