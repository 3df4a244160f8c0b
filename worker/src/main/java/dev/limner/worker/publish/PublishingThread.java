package dev.limner.worker.publish;

import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes on a thread of its own, so that the control thread can poll on while brokers do not answer. Called by the
 * control thread only.
 *
 * <p>Why that is safe: the group's metadata is taken when a publication is handed over, that is between the look at who
 * owns what and the next poll, so brokers that have let the member go since refuse its offsets; and whoever gives a
 * partition away {@link InFlight#withdraw withdraws} what is on its way for it first, which is looked at after the
 * brokers have taken the offsets. Offsets that were taken before the partition moved are pending, and its next owner is
 * not told any before they are decided.
 */
public final class PublishingThread {
    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(2);

    private final PublishSettings settings;
    private final ResultPublisher publisher;
    private final Supplier<ConsumerGroupMetadata> group;
    private final Runnable bell;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the thread; it connects with the first task.
     *
     * @param group who the consumer is in its group; asked on the caller's thread
     * @param bell rung when a task has ended; called on the publishing thread
     */
    public PublishingThread(
            PublishSettings settings,
            Supplier<ConsumerGroupMetadata> group,
            CrashPoint.Watch watch,
            FatalErrors errors,
            Runnable bell) {
        this.settings = settings;
        this.publisher = new ResultPublisher(settings, watch);
        this.group = group;
        this.bell = bell;
        this.thread = errors.thread("limner-publish", this::run);
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                tasks.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Something that the publishing thread does and the control thread looks at. */
    public static final class Task<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();

        /**
         * Waits for its end.
         *
         * @return null if it has not ended within the time
         * @throws RuntimeException what ended it, if not a result
         */
        public @Nullable T await(Duration within) {
            try {
                return future.get(within.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    /**
     * A publication on its way.
     *
     * @param startNanos when it was handed over, by {@link System#nanoTime()}
     */
    public record InFlight(
            PendingTransaction ready, Task<PublishOutcome> task, Withdrawal withdrawal, long startNanos) {
        /**
         * Partitions are given away. Before it is said to anybody else, so that a publication that holds any of them is
         * not committed unless its offsets were taken before.
         */
        public void withdraw(Set<PartitionRef> partitions) {
            if (partitions.stream().anyMatch(ready.commits()::containsKey)) {
                withdrawal.made = true;
            }
        }
    }

    /** Whether a publication is no longer wanted. */
    public static final class Withdrawal {
        private volatile boolean made;
    }

    /** Hands a publication over. */
    public InFlight begin(PendingTransaction ready) {
        ConsumerGroupMetadata member = group.get();
        Withdrawal withdrawal = new Withdrawal();
        return new InFlight(
                ready,
                submit(() -> publisher.publish(ready, member, () -> withdrawal.made)),
                withdrawal,
                System.nanoTime());
    }

    /** Asks what is missing to publish anything at all. */
    public Task<List<String>> missing() {
        return submit(publisher::missing);
    }

    /** Asks what is wrong with the dead-letter topic. */
    public Task<List<String>> missingForLetters() {
        return submit(publisher::missingForLetters);
    }

    private <T> Task<T> submit(Supplier<T> work) {
        Task<T> task = new Task<>();
        tasks.add(() -> {
            try {
                task.future.complete(work.get());
            } catch (InterruptException e) {
                // On its way out. Nobody waits for this any more.
                closed = true;
            } catch (RuntimeException e) {
                task.future.completeExceptionally(e);
            }
            bell.run();
        });
        return task;
    }

    /** Whether a publication needs the dead-letter topic. */
    public boolean needsLetter(Publication publication) {
        return RecordFactory.needsLetter(
                publication, settings, publisher.mostBytes().result());
    }

    /** Whether its thread runs. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Ends the thread and the connections; a publication on its way is left as it is. */
    public void close(StopBudget budget) {
        tasks.add(() -> {
            closed = true;
            publisher.close(budget.atMost(PRODUCER_CLOSE));
        });
        boolean idle = tasks.size() <= 1;
        Duration patience = budget.atMost(PRODUCER_CLOSE);
        try {
            if (!idle || !thread.join(patience)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            thread.interrupt();
        }
        boolean unused = ParallelClose.join(new StopBudget(budget.atMost(PRODUCER_CLOSE)), List.of(thread));
    }
}
