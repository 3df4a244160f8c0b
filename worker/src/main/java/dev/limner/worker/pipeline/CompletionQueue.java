package dev.limner.worker.pipeline;

import dev.limner.worker.job.FinishedRecord;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the stages' threads hand back to the control thread, and the bell that ends its wait. Safe from any thread; only
 * the control thread takes.
 */
final class CompletionQueue {
    private final Queue<FinishedRecord> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean rung = new AtomicBoolean();
    private final Semaphore rings = new Semaphore(0);
    private volatile Runnable bell = () -> {};
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean away;

    /** @param bell ends the control thread's wait outside of here, or the next one; called from any thread */
    void connect(Runnable bell) {
        this.bell = bell;
    }

    void put(List<FinishedRecord> more) {
        outcomes.addAll(more);
        signal();
    }

    /** A stage cannot continue; the first failure counts. */
    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        signal();
    }

    /** What ended a stage; null while all continue. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }

    /** There is something to do for the control thread. Once is enough until it has woken. */
    void signal() {
        if (!rung.getAndSet(true)) {
            rings.release();
            if (away) {
                bell.run();
            }
        }
    }

    /**
     * The control thread is about to wait where only the bell reaches.
     *
     * @return how long it may: not at all if there has been a ring since it last woke
     */
    Duration leave(Duration timeout) {
        // Before the look at the rings: a ring either finds this set or is found below.
        away = true;
        return rung.get() ? Duration.ZERO : timeout;
    }

    /** Waits here; ends early when it rings. */
    void await(Duration timeout) {
        try {
            var unused = rings.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The control thread is awake and looks at everything from here on. */
    void awaken() {
        away = false;
        rung.set(false);
        rings.drainPermits();
    }

    boolean isEmpty() {
        return outcomes.isEmpty();
    }

    @Nullable
    FinishedRecord poll() {
        return outcomes.poll();
    }
}
