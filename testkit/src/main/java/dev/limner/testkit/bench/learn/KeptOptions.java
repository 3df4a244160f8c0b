package dev.limner.testkit.bench.learn;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark's folder was made with, in {@code options.json} there: a run continues with what an earlier one left only
 * if it was told the same. Whoever uses one has claimed the folder.
 */
record KeptOptions(Path folder) {
    private static final String FILE = "options.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * Writes the options down, or compares them with those of the run before.
     *
     * @param options as they are written on the command line, to their values
     * @param parts what a run leaves in the folder
     * @throws UsageException naming the options that differ, or if nobody wrote down what made the parts
     */
    void require(Map<String, String> options, List<String> parts) {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            Map<String, String> before = read(file);
            List<String> others = options.entrySet().stream()
                    .filter(option -> !option.getValue().equals(before.get(option.getKey())))
                    .map(option -> option.getKey() + " was " + quoted(before.get(option.getKey())) + " and is "
                            + quoted(option.getValue()))
                    .toList();
            if (!others.isEmpty()) {
                throw new UsageException(folder + " holds a run with other options: " + String.join(", ", others)
                        + "; give the same, or another --out");
            }
            return;
        }
        for (String part : parts) {
            if (Files.exists(folder.resolve(part))) {
                throw new UsageException(folder + " holds " + part
                        + " of a run whose options nobody wrote down: give another --out, or delete it");
            }
        }
        write(file, options);
    }

    /**
     * Writes down how long something is trained, before it is.
     *
     * @throws UsageException if it has been trained for longer
     */
    void aim(String training, int minutes, String option) {
        Path file = folder.resolve(training + ".json");
        int before = Files.exists(file) ? Integer.parseInt(read(file).getOrDefault("minutes", "0")) : 0;
        if (before > minutes) {
            throw new UsageException(option + " has " + minutes + ", but the training in " + folder.resolve(training)
                    + " has gone on for " + before + ": give times from there on, or another --out");
        }
        write(file, Map.of("minutes", String.valueOf(minutes)));
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "not given" : "'" + value + "'";
    }

    private static Map<String, String> read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<LinkedHashMap<String, String>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    private static void write(Path file, Map<String, String> content) {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(beside, JSON.writeValueAsBytes(content));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
