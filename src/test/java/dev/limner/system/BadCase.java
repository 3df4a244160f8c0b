package dev.limner.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A case of {@code src/test/resources/bad-input}: {@code NAME.json} says what the record is and what must become of it,
 * {@code NAME.bin} holds its value, unless the description makes it (too large for a file) or there is none (a tombstone).
 */
record BadCase(String name, JsonNode says, byte[] value) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<BadCase> all() {
        try (Stream<Path> files = Files.list(Home.ROOT.resolve("src/test/resources/bad-input"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(BadCase::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BadCase read(Path description) {
        try {
            String name = description.getFileName().toString().replaceFirst("\\.json$", "");
            JsonNode says = JSON.readTree(description.toFile());
            Path file = description.resolveSibling(name + ".bin");
            byte[] value = null;
            if (Files.exists(file)) {
                value = Files.readAllBytes(file);
            } else if (says.has("made")) {
                value = made(says.get("made"));
            }
            return new BadCase(name, says, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] made(JsonNode recipe) {
        String text = recipe.path("before").asText()
                + recipe.get("repeat").asText().repeat(recipe.path("times").asInt(1))
                + recipe.path("after").asText();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] key() {
        return says.has("key") ? made(says.get("key")) : null;
    }

    List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : says.path("headers")) {
            String name = header.get("name").asText();
            if (header.has("repeat")) {
                headers.add(new RecordHeader(name, new byte[header.get("repeat").asInt()]));
            } else {
                JsonNode text = header.path("value");
                byte[] bytes =
                        text instanceof MissingNode ? null : text.asText().getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < header.path("times").asInt(1); i++) {
                    headers.add(new RecordHeader(name, bytes));
                }
            }
        }
        return headers;
    }

    String outcome() {
        return says.get("outcome").asText();
    }

    boolean rejected() {
        return outcome().equals("rejected");
    }

    /** A text of the description; null if it says nothing of this. */
    String text(String field) {
        return says.path(field).asText(null);
    }

    @Override
    public String toString() {
        return name + " (" + says.get("what").asText() + ")";
    }
}
