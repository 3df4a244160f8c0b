package dev.limner.launcher;

import dev.limner.protocol.process.NoSpace;
import dev.limner.protocol.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ErrorManager;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Sends what libraries log, the embedded broker's included, to a file: the terminal is for the user. */
public final class LogFile {
    private static final int MOST_BYTES = 8 << 20;
    private static volatile boolean fullDevice;
    private static volatile @Nullable Path folder;

    private LogFile() {}

    public static void toFile(Path wanted) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        root.addHandler(new FullDeviceWatch());
        try {
            Files.createDirectories(wanted);
            Handler handler = new FileHandler(wanted.resolve("cli.%g.log").toString(), MOST_BYTES, 2, true);
            handler.setFormatter(new SimpleFormatter() {
                @Override
                public String format(LogRecord record) {
                    return PrintableText.text(super.format(record));
                }
            });
            // The default prints a stack trace on the terminal when the log's device is full.
            handler.setErrorManager(new SilentErrors());
            root.addHandler(handler);
            folder = wanted;
        } catch (IOException e) {
            // Without a place for a log the command itself can still do its work, or say why it cannot.
            folder = null;
        }
    }

    /** Whether a library has complained of a device without space since this process began. */
    public static boolean sawFullDevice() {
        return fullDevice;
    }

    /** Where to read on, as the end of a message; empty if there is no log. */
    public static String where() {
        Path known = folder;
        return known == null ? "" : "; see " + known.resolve("cli.0.log");
    }

    private static final class SilentErrors extends ErrorManager {
        @Override
        public void error(@Nullable String message, @Nullable Exception failure, int code) {}
    }

    private static final class FullDeviceWatch extends Handler {
        @Override
        public void publish(LogRecord record) {
            if (NoSpace.causes(record.getThrown())) {
                fullDevice = true;
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
