package dev.limner.protocol.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends a process whose parent has ended, as SIGTERM would. The parent holds the other end of the process's standard input
 * and never writes: the operating system closes it when the parent ends, however that ends. Only a parent that keeps it
 * open asks for this, by {@value #PROPERTY} on the command line; a property is not passed on to children.
 */
public final class ParentWatch {
    /** The system property by which a launcher asks. */
    public static final String PROPERTY = "limner.stop-with-parent";

    /** A process that has not ended by then is stuck in its own shutdown: its parent can no longer kill it. */
    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    private static final int EXIT_CODE = 143;

    private ParentWatch() {}

    /** What a launcher puts on a child's command line; it leaves the child's standard input a pipe and holds on to it. */
    public static String argument() {
        return "-D" + PROPERTY + "=true";
    }

    /** Watches, if the launcher asked for it; to be called once, early. */
    public static void start() {
        if (Boolean.getBoolean(PROPERTY)) {
            Thread.ofPlatform().name("limner-parent-watch").daemon().start(() -> watch(System.in));
        }
    }

    private static void watch(InputStream parent) {
        try {
            while (parent.read() >= 0) {
                // Nobody writes; whatever came would mean that the parent lives.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        // Before anything is said: a log may stand still, on a disk or a terminal that is gone, or fail.
        Thread.ofPlatform().name("limner-parent-end").daemon().start(ParentWatch::endInTime);
        try {
            System.getLogger(ParentWatch.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "the process that started this one has ended, or asks for it: stopping");
        } finally {
            System.exit(EXIT_CODE);
        }
    }

    private static void endInTime() {
        try {
            Thread.sleep(END_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
