package dev.limner.cli.learn;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Between its making and its closing, a process that is told to end (SIGINT, SIGTERM) asks the work to stop and waits until
 * it has: the native library is torn down when the process ends, and whoever computes in it then crashes.
 */
final class StopOnExit implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean stopping;

    StopOnExit(Runnable stop) {
        this.hook = new Thread(() -> {
            stopping = true;
            stop.run();
            try {
                boolean unused = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the process is told to end. Once this is closed it does. */
    boolean stopping() {
        return stopping;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
        }
    }
}
