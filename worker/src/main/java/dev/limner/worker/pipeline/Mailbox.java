package dev.limner.worker.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the stages' threads hand back to the control thread, and the bell that ends its wait. Safe from any thread; only
 * the control thread takes.
 */
final class Mailbox {
    private final Queue<Finished> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean rung = new AtomicBoolean();
    private final Semaphore rings = new Semaphore(0);
    private volatile Runnable bell = () -> {};

    /** @param bell ends the control thread's wait, or its next one; called from any thread */
    void connect(Runnable bell) {
        this.bell = bell;
    }

    void put(List<Finished> more) {
        outcomes.addAll(more);
        ring();
    }

    /** There is something to do for the control thread. Once is enough until it has woken. */
    void ring() {
        if (!rung.getAndSet(true)) {
            rings.release();
            bell.run();
        }
    }

    /** Waits here instead of where the bell reaches; ends early when it rings. */
    void await(Duration timeout) {
        try {
            var unused = rings.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The control thread is awake and looks at everything from here on. */
    void woken() {
        rung.set(false);
        rings.drainPermits();
    }

    boolean isEmpty() {
        return outcomes.isEmpty();
    }

    @Nullable
    Finished poll() {
        return outcomes.poll();
    }
}
