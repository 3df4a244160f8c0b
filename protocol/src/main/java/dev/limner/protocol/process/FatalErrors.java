package dev.limner.protocol.process;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one policy for what no thread survives: an {@link Error}, or any exception that ends a thread the process needs. One
 * message names thread and error, then the process ends at once with {@link #EXIT_CODE}. Nothing is tidied up: after an
 * error nobody knows what still works, and whatever was not committed is delivered again. Safe from any thread.
 */
public final class FatalErrors implements Thread.UncaughtExceptionHandler {
    /** The exit code of a process that an {@link Error} ended; sysexits' {@code EX_SOFTWARE}. */
    public static final int EXIT_CODE = 70;

    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

    private final String process;
    private final IntConsumer exit;
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    /**
     * Ends the process without its shutdown hooks, which may wait for the very thread that failed.
     *
     * @param process what it is, for its message
     */
    public FatalErrors(String process) {
        this(process, code -> Runtime.getRuntime().halt(code));
    }

    /**
     * With another end.
     *
     * @param process what it is, for its message
     * @param exit ends the process with a code; called once, on the thread that failed
     */
    public FatalErrors(String process, IntConsumer exit) {
        this.process = process;
        this.exit = exit;
    }

    /**
     * From now on an {@link Error} that ends any thread of the process, a library's too, ends the process. Threads that
     * have a handler of their own keep it.
     */
    public void watchProcess() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (failure instanceof Error) {
                uncaughtException(thread, failure);
            } else {
                LOG.atError()
                        .addKeyValue("thread", thread.getName())
                        .setCause(failure)
                        .log("a thread ended");
            }
        });
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (!first.compareAndSet(null, failure)) {
            return;
        }
        try {
            LOG.atError()
                    .addKeyValue("thread", thread.getName())
                    .addKeyValue("error", failure.toString())
                    .addKeyValue("exitCode", EXIT_CODE)
                    .setCause(failure)
                    .log("the " + process + " ends: a thread that it needs cannot continue");
        } finally {
            exit.accept(EXIT_CODE);
        }
    }

    /** What ended the process, as far as it has ended; null while nothing has. */
    public @Nullable Throwable failure() {
        return first.get();
    }

    /** A daemon thread that the process needs. Not started. */
    public Thread thread(String name, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .uncaughtExceptionHandler(this)
                .unstarted(body);
    }

    /** For executors; wrap what is given to one that keeps failures in futures with {@link #guarded}. */
    public ThreadFactory factory(String name) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .uncaughtExceptionHandler(this)
                .factory();
    }

    /**
     * A task whose {@link Error} is not kept to itself by whoever runs it: futures, schedulers and reactive streams do
     * so. The thread's own handler hears of it, else the process's.
     */
    public static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Error e) {
                tell(e);
                throw e;
            }
        };
    }

    /** Tells the handler of the current thread. */
    public static void tell(Error error) {
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, error);
    }
}
