package dev.limner.cli.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that users name on the command line; {@code -} is standard input. */
public final class UserFile {
    private UserFile() {}

    /** @throws UncheckedIOException naming the file if it cannot be read */
    public static byte[] bytes(Path file) {
        try {
            return isStandardInput(file) ? System.in.readAllBytes() : Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(name(file) + " cannot be read", e);
        }
    }

    /** As errors name it. */
    public static String name(Path file) {
        return isStandardInput(file) ? "standard input" : file.toString();
    }

    private static boolean isStandardInput(Path file) {
        return file.toString().equals("-");
    }
}
