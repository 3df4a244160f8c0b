package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The two ways JSON is read here: strictly from strangers, leniently from ourselves. */
final class Json {
    private static final int DEPTH = 16;
    private static final int NUMBER_LENGTH = 64;

    /** For what producers send: bounded in every direction, no duplicate fields, nothing after the document. */
    static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(NUMBER_LENGTH)
                            .maxStringLength(StrictJson.MOST_BYTES)
                            .maxNameLength(1024)
                            .maxDocumentLength(StrictJson.MOST_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** For what Limner itself wrote; unknown fields come from a newer version. */
    static final JsonMapper PLAIN = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantDeserializer()))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /** Sorts what it writes; the tree of a document of unknown fields included. */
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final TypeReference<TreeMap<String, Object>> TREE = new TypeReference<>() {};

    private Json() {}

    /** @throws IllegalArgumentException naming the field, if it is missing */
    static void present(String field, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    /**
     * A copy of a list field; what is missing is empty.
     *
     * @throws IllegalArgumentException naming the field, if an element is null
     */
    static <T> List<T> copy(String field, @Nullable List<T> values) {
        if (values == null) {
            return List.of();
        }
        for (int i = 0; i < values.size(); i++) {
            present(field + "[" + i + "]", values.get(i));
        }
        return List.copyOf(values);
    }

    /** @param what as errors name it */
    static byte[] write(Object value, String what) {
        try {
            return PLAIN.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(what + " that Jackson cannot write", e);
        }
    }

    /**
     * Reads a record of our own.
     *
     * @param what as errors name it
     * @throws IllegalArgumentException naming the field at fault, whatever the bytes are
     */
    static <T> T read(byte[] bytes, Class<T> type, String what) {
        try {
            T value = PLAIN.readValue(bytes, type);
            if (value == null) {
                throw new IllegalArgumentException("not " + what + ": it is null");
            }
            return value;
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException("not " + what + ": " + complaint(e), e);
        } catch (IOException e) {
            String reason = e instanceof JsonProcessingException json ? JsonReasons.of(json) : e.getMessage();
            throw new IllegalArgumentException("not " + what + ": " + reason, e);
        }
    }

    /** What a record's own check says, with the way to the field in front; else what Jackson says. */
    private static String complaint(JsonMappingException e) {
        String path = JsonReasons.path(e);
        Throwable cause = e.getCause();
        if (cause instanceof IllegalArgumentException && e instanceof ValueInstantiationException) {
            return path + (path.isEmpty() ? "" : ".") + cause.getMessage();
        }
        return JsonReasons.of(e);
    }

    /**
     * A document without white space and without one field, keys sorted at every level.
     *
     * @param without a field of the outermost object that does not count
     * @throws IllegalArgumentException if the bytes are no JSON object, or name a field twice
     */
    static byte[] canonical(byte[] bytes, String without) {
        try {
            TreeMap<String, Object> tree = CANONICAL.convertValue(StrictJson.object(bytes), TREE);
            tree.remove(without);
            return CANONICAL.writeValueAsBytes(tree);
        } catch (InvalidRecord e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that Jackson cannot write", e);
        }
    }

    private static final class InstantDeserializer extends StdDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantDeserializer() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getText();
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw InvalidFormatException.from(
                        parser,
                        "is '" + text + "', must be a time such as " + "2026-01-31T12:00:00Z",
                        text,
                        Instant.class);
            }
        }
    }
}
