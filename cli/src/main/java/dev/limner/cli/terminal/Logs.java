package dev.limner.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends what libraries log, the embedded broker's included, to a file: the terminal is for the user. */
public final class Logs {
    private static final int MOST_BYTES = 8 << 20;

    private Logs() {}

    public static void toFile(Path folder) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        try {
            Files.createDirectories(folder);
            Handler handler = new FileHandler(folder.resolve("cli.%g.log").toString(), MOST_BYTES, 2, true);
            handler.setFormatter(new SimpleFormatter() {
                @Override
                public String format(LogRecord record) {
                    return Printable.text(super.format(record));
                }
            });
            root.addHandler(handler);
            root.setLevel(Level.INFO);
        } catch (IOException e) {
            // Without a place for a log the command itself can still do its work.
            root.setLevel(Level.OFF);
        }
    }
}
