package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The shipped examples and schemas, which are the test cases. */
final class Examples {
    static final ObjectMapper JSON = new ObjectMapper();

    private Examples() {}

    static Path folder(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(JobCodec.class.getResource(name)).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Path> of(String kind) {
        try (Stream<Path> files = Files.list(folder("examples/" + kind))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a schema says against a document; empty if it fits. */
    static List<String> complaints(String schema, byte[] document) {
        try {
            JsonSchema compiled = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Files.readString(folder("schemas/" + schema + ".schema.json")));
            JsonNode node = JSON.readTree(document);
            return compiled.validate(node).stream().map(Object::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
