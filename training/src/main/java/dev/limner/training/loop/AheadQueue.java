package dev.limner.training.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Prepares things by number, one after the other, on a thread of its own and at most {@link #CAPACITY} ahead of the one who
 * takes them. What is prepared must be a function of its number alone, so that it does not matter who prepares it, and when.
 *
 * <p>Whatever goes wrong there, errors of the machine included, is thrown at the one who takes, once he has taken all that was
 * prepared before it. {@link #close} waits for the thread and closes what nobody took.
 *
 * @param <T> what is prepared, which belongs to whoever takes it
 */
public final class AheadQueue<T> implements AutoCloseable {
    /** The most that is prepared and not taken; the thread holds one more while it waits for room. */
    public static final int CAPACITY = 2;

    private static final long LOOK_AGAIN_MILLIS = 100;

    private final LongFunction<T> prepare;
    private final Consumer<T> discard;
    private final BlockingQueue<T> ready = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread thread;
    private long next;
    private long waitedNanos;
    private volatile @Nullable Throwable failure;

    /**
     * Begins.
     *
     * @param name of the thread
     * @param first the number of the first
     * @param prepare makes one; never two at a time
     * @param discard closes one that nobody took
     */
    public AheadQueue(String name, long first, LongFunction<T> prepare, Consumer<T> discard) {
        this.prepare = prepare;
        this.discard = discard;
        this.next = first;
        this.thread = Thread.ofPlatform().daemon().name(name).start(() -> run(first));
    }

    private void run(long first) {
        try {
            for (long number = first; !Thread.currentThread().isInterrupted(); number++) {
                T item = prepare.apply(number);
                try {
                    ready.put(item);
                } catch (InterruptedException e) {
                    discard.accept(item);
                    return;
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /**
     * The next one, when it is ready. One thread.
     *
     * @throws IllegalStateException if it could not be prepared, with the cause
     * @throws CancellationException if the waiting thread is interrupted, which it then still is
     */
    public T take() {
        long begun = System.nanoTime();
        try {
            while (true) {
                // Read before the queue: what is put before the end is found there.
                boolean ended = !thread.isAlive();
                T item = ready.poll(ended ? 0 : LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                if (item != null) {
                    next++;
                    return item;
                }
                if (ended) {
                    throw new IllegalStateException(
                            "what step " + next + " takes could not be prepared: " + failure, failure);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for what step " + next + " takes");
        } finally {
            waitedNanos += System.nanoTime() - begun;
        }
    }

    /** Time that {@link #take} has taken so far. */
    public double waitedSeconds() {
        return waitedNanos / 1e9;
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        List<T> left = new ArrayList<>();
        ready.drainTo(left);
        left.forEach(discard);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
