package dev.limner.cli.terminal;

import java.io.FileDescriptor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Standard output where it is a pipe: {@code limner watch | head -1}. */
public final class StandardOutput {
    /** Exit code of a command whose reader has gone: 128 and the number of SIGPIPE, which ends other programs then. */
    public static final int READER_GONE = 141;

    private static final int FAILED = 1;

    /** POLLERR and POLLHUP, which have these numbers on every Unix. */
    private static final int ERROR_OR_HANG_UP = 0x08 | 0x10;

    private static final @Nullable Method POLL = poll();

    private StandardOutput() {}

    /**
     * Whether nobody can read any more what is printed; without printing anything, or the command would continue until it has
     * something to say. False where it cannot be found out.
     */
    public static boolean readerGone() {
        if (POLL == null) {
            return false;
        }
        try {
            return ((Integer) POLL.invoke(null, FileDescriptor.out, 0, 0L) & ERROR_OR_HANG_UP) != 0;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /**
     * Whether what was printed is lost, on a full disk for example. A command that prints until it is told to end asks this
     * after every print, and ends; {@link #exitCode} says why.
     */
    public static boolean failed() {
        return System.out.checkError();
    }

    /** A command's exit code, given that what it printed may not have arrived; says so if it is nobody's wish. */
    public static int exitCode(int code) {
        if (!failed()) {
            return code;
        }
        if (readerGone()) {
            return READER_GONE;
        }
        System.err.println("limner: standard output cannot be written");
        return code == 0 ? FAILED : code;
    }

    /** The JDK's own, opened to this program in its jar's manifest. No public interface looks at a descriptor. */
    private static @Nullable Method poll() {
        try {
            Method method = Class.forName("sun.nio.ch.Net")
                    .getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
