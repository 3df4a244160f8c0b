package dev.limner.training.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.training.replay.FeedbackEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How a round ended, beside what it made: written last, so that a round with this file need not be run again. */
final class RoundFile {
    private static final String NAME = "outcome.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private RoundFile() {}

    static void write(Path folder, FineTuningRound.Outcome outcome) {
        ObjectNode node = JSON.createObjectNode();
        node.put(
                "outcome",
                switch (outcome) {
                    case FineTuningRound.Outcome.Blocked blocked -> "blocked";
                    case FineTuningRound.Outcome.Passed passed -> "passed";
                    case FineTuningRound.Outcome.Rejected rejected -> "rejected";
                });
        ArrayNode notes = node.putArray("notes");
        outcome.notes().forEach(notes::add);
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(NAME + ".tmp");
            Files.write(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node));
            rename(temporary, folder.resolve(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException("the outcome cannot be written to " + folder, e);
        }
    }

    static Optional<FineTuningRound.Outcome> read(Path folder) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode node = JSON.readTree(file.toFile());
            List<String> notes = new ArrayList<>();
            node.path("notes").forEach(note -> notes.add(note.asText()));
            String outcome = node.path("outcome").asText();
            if (outcome.equals("blocked")) {
                return Optional.of(new FineTuningRound.Outcome.Blocked(notes));
            }
            Manifest candidate = ModelBundle.readManifest(FineTuningRound.candidate(folder));
            return Optional.of(
                    outcome.equals("passed")
                            ? new FineTuningRound.Outcome.Passed(candidate, notes)
                            : new FineTuningRound.Outcome.Rejected(candidate, notes));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    static void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(to + " cannot be written", e);
        }
    }

    /** Which records of the feedback topic the entries are of: for each partition the first and one behind the last. */
    static ArrayNode ranges(List<FeedbackEntry> entries) {
        Map<String, long[]> ranges = new TreeMap<>();
        for (FeedbackEntry entry : entries) {
            String partition = entry.origin().topic() + "-" + entry.origin().partition();
            long[] range = ranges.computeIfAbsent(partition, key -> new long[] {Long.MAX_VALUE, 0});
            range[0] = Math.min(range[0], entry.origin().offset());
            range[1] = Math.max(range[1], entry.origin().offset() + 1);
        }
        ArrayNode array = JSON.createArrayNode();
        ranges.forEach((partition, range) -> array.addObject()
                .put("partition", partition)
                .put("from", range[0])
                .put("to", range[1]));
        return array;
    }
}
