package dev.limner.training.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.text.JsonReasons;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A group of keys of a recipe, read key by key. Every error names the key with the way to it, as {@code
 * regularizers[0].gamma}. What was read is kept in one form, in the order it was read in: {@link #asData()}. One thread.
 */
public final class Settings {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** For records, whose components are not read one by one. */
    private static final JsonMapper EXACT =
            JSON.rebuild().disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).build();

    private final String path;
    private final ObjectNode node;
    private final ObjectNode data = JSON.createObjectNode();
    private final Set<String> allowed = new LinkedHashSet<>();
    private boolean declared;

    private Settings(String path, ObjectNode node) {
        this.path = path;
        this.node = node;
    }

    /**
     * A whole document.
     *
     * @throws IllegalArgumentException if it is no group of keys
     */
    public static Settings of(JsonNode document) {
        return group("", document);
    }

    private static Settings group(String path, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new Settings(path, object);
        }
        throw new IllegalArgumentException((path.isEmpty() ? "it" : path) + " must be a group of keys");
    }

    /** The way to a key, as errors name it. */
    public String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /**
     * Declares every key that may be here; to be called before any is read.
     *
     * @throws IllegalArgumentException if there is another one, which a default would hide
     */
    public void keys(String... names) {
        also(names);
        declared = true;
        node.fieldNames().forEachRemaining(name -> {
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException("unknown key '" + path(name) + "', allowed here are " + allowed);
            }
        });
    }

    /** Declares keys that may be here beside those that {@link #keys} will name. */
    public void also(String... names) {
        allowed.addAll(Arrays.asList(names));
    }

    void requireDeclared(Class<?> reader) {
        if (!declared) {
            throw new IllegalStateException(reader.getName() + " does not say which keys it reads");
        }
    }

    /** Whether the document says anything of a key. */
    public boolean has(String key) {
        return node.has(key);
    }

    /** Whether a key has keys below it. */
    public boolean isGroup(String key) {
        return node.path(key).isObject();
    }

    /** Whether a group of keys has a certain one. */
    public boolean names(String group, String key) {
        return node.path(group).has(key);
    }

    public double number(String key, double least, double most) {
        double value = value(key, double.class);
        Ranges.between(path(key), value, least, most);
        data.put(key, value);
        return value;
    }

    public int whole(String key, int least, int most) {
        requireWhole(path(key), required(key));
        int value = value(key, int.class);
        Ranges.between(path(key), value, least, most);
        data.put(key, value);
        return value;
    }

    public long whole(String key, long least, long most) {
        requireWhole(path(key), required(key));
        long value = value(key, long.class);
        Ranges.between(path(key), (double) value, (double) least, (double) most);
        data.put(key, value);
        return value;
    }

    public String text(String key) {
        String value = value(key, String.class);
        data.put(key, value);
        return value;
    }

    /** Whole numbers, each of which must lie between the limits. */
    public List<Integer> wholes(String key, int least, int most) {
        required(key).forEach(value -> requireWhole(path(key), value));
        List<Integer> values = Arrays.stream(value(key, int[].class)).boxed().toList();
        ArrayNode list = data.putArray(key);
        values.forEach(value -> {
            Ranges.between(path(key), value, least, most);
            list.add(value);
        });
        return values;
    }

    /** Keys below a key. */
    public <T> T group(String key, Function<Settings, T> reader) {
        Settings group = group(path(key), required(key));
        T part = reader.apply(group);
        data.set(key, group.data);
        return part;
    }

    /** A list of groups; empty if there is no such key. */
    public <T> List<T> list(String key, Function<Settings, T> reader) {
        JsonNode list = node.get(key);
        if (list == null) {
            return List.of();
        }
        if (!list.isArray()) {
            throw new IllegalArgumentException(path(key) + " must be a list");
        }
        List<T> parts = new ArrayList<>();
        ArrayNode read = data.putArray(key);
        for (int i = 0; i < list.size(); i++) {
            Settings group = group(path(key) + "[" + i + "]", list.get(i));
            parts.add(reader.apply(group));
            read.add(group.data);
        }
        return parts;
    }

    /** A record whose components are the keys below a key. */
    public <T> T bound(String key, Class<T> type) {
        T value = value(EXACT, key, type);
        data.set(key, JSON.<JsonNode>valueToTree(value));
        return value;
    }

    private JsonNode required(String key) {
        if (!allowed.contains(key)) {
            throw new IllegalStateException(path(key) + " is read and not declared");
        }
        JsonNode value = node.get(key);
        if (value == null) {
            throw new IllegalArgumentException(path(key) + " is missing");
        }
        return value;
    }

    /** 1e5 is a whole number, and 8.9 is not rounded to one. */
    private static void requireWhole(String key, JsonNode given) {
        if (given.isNumber() && given.decimalValue().stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException(key + " is " + given.asText() + ", must be a whole number");
        }
    }

    private <T> T value(String key, Class<T> type) {
        return value(JSON, key, type);
    }

    private <T> T value(JsonMapper json, String key, Class<T> type) {
        JsonNode given = required(key);
        try {
            T value = json.treeToValue(given, type);
            if (value == null) {
                throw new IllegalArgumentException(path(key) + " is empty");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(located(path(key), e), e);
        }
    }

    /** The reason, with the whole way to what is wrong. A check of a value's own names its key itself. */
    private static String located(String key, JsonProcessingException failure) {
        String reason = JsonReasons.of(failure);
        String below = failure instanceof JsonMappingException mapping ? JsonReasons.path(mapping) : "";
        if (reason.startsWith("it ")) {
            return key + reason.substring("it".length());
        }
        if (reason.startsWith("unknown key '")) {
            return reason.replaceFirst("'", "'" + key + ".");
        }
        if (reason.endsWith(" is missing") || (!below.isEmpty() && reason.startsWith(below))) {
            return key + (reason.startsWith("[") ? "" : ".") + reason;
        }
        return reason;
    }

    /** What was read, in the order it was read in. */
    public ObjectNode asData() {
        return data.deepCopy();
    }
}
