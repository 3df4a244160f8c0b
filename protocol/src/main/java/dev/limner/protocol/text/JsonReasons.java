package dev.limner.protocol.text;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Jackson has against a document, for people who have never heard of Jackson. */
public final class JsonReasons {
    private static final Pattern MARKER =
            Pattern.compile("\\(start marker at \\[Source: [^\\]]*?line: (\\d+), column: (\\d+)\\]\\)");
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^\\];]*;?\\s*([^\\]]*)\\]");

    /** To programmers, of which a user has no use. */
    private static final Pattern ADVICE = Pattern.compile(": enable `[A-Za-z_.]+` to allow");

    private static final Pattern MISSING = Pattern.compile("Missing (?:required )?creator property '(\\w+)'");

    /** Before what a value's own check says. */
    private static final Pattern CLASS = Pattern.compile("Cannot construct instance of `[^`]*`, problem: ");

    private static final Set<Class<?>> WHOLE =
            Set.of(int.class, long.class, short.class, Integer.class, Long.class, Short.class);
    private static final Set<Class<?>> NUMBERS = Set.of(double.class, float.class, Double.class, Float.class);
    private static final Set<Class<?>> TRUTHS = Set.of(boolean.class, Boolean.class);

    private static final Pattern TRAILING = Pattern.compile("Trailing token \\(of type \\w+\\) found after value .*");

    private JsonReasons() {}

    /** One line, without the place of the mistake. */
    public static String of(JsonProcessingException failure) {
        return of(failure, 0);
    }

    /** @param before lines of the file before the first that Jackson was given */
    static String of(JsonProcessingException failure, int before) {
        return failure instanceof JsonMappingException mapping
                ? mapped(mapping, before)
                : clean(String.valueOf(failure.getOriginalMessage()), before);
    }

    /** The way to a field from the outside: {@code a.b[0].c}; empty for the whole. */
    public static String path(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    /** JSON that is no such record: keys and values as the user wrote them, never a class. */
    private static String mapped(JsonMappingException failure, int before) {
        String path = path(failure);
        String said = String.valueOf(failure.getOriginalMessage());
        Matcher missing = MISSING.matcher(said);
        boolean generic = said.startsWith("Cannot ");
        return switch (failure) {
            case ValueInstantiationException lacking
            when isUnforeseen(lacking.getCause()) ->
                (path.isEmpty() ? "it" : path) + " lacks something that must be there";
            case ValueInstantiationException check
            when check.getCause() != null && check.getCause().getMessage() != null ->
                check.getCause().getMessage();
            case InvalidNullException empty ->
                (path.isEmpty() ? "it" : path) + " is null, must be " + kind(empty.getTargetType());
            case UnrecognizedPropertyException unknown ->
                "unknown key '" + path + "', allowed here are " + unknown.getKnownPropertyIds();
            case MismatchedInputException absent
            when missing.find() -> (path.isEmpty() ? missing.group(1) : path) + " is missing";
            case InvalidFormatException wrong
            when generic ->
                (path.isEmpty() ? "it" : path) + " is '" + wrong.getValue() + "', must be "
                        + kind(wrong.getTargetType());
            case MismatchedInputException wrong
            when generic -> (path.isEmpty() ? "it" : path) + " must be " + kind(wrong.getTargetType());
            default -> (path.isEmpty() ? "" : path + ": ") + clean(said, before);
        };
    }

    /** Whether nobody checked for a value that is not there: the JVM says then which call it broke. */
    private static boolean isUnforeseen(@Nullable Throwable cause) {
        return cause instanceof NullPointerException
                && (cause.getMessage() == null || cause.getMessage().startsWith("Cannot "));
    }

    private static String kind(@Nullable Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (WHOLE.contains(type)) {
            return "a whole number";
        }
        if (NUMBERS.contains(type)) {
            return "a number";
        }
        if (TRUTHS.contains(type)) {
            return "true or false";
        }
        if (type.isEnum()) {
            return "one of " + names(type);
        }
        if (type == String.class) {
            return "text";
        }
        return type.isArray() || Collection.class.isAssignableFrom(type) ? "a list" : "a group of keys";
    }

    /** Of an enum's constants as documents have them, which may be others than Java's. */
    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getFields())
                .filter(Field::isEnumConstant)
                .map(field -> {
                    JsonProperty written = field.getAnnotation(JsonProperty.class);
                    return written == null ? field.getName() : written.value();
                })
                .toList();
    }

    /** Whether the document ends before it should. Jackson has no type for all of these. */
    static boolean isEnd(JsonProcessingException failure) {
        return String.valueOf(failure.getOriginalMessage()).startsWith("Unexpected end-of-input");
    }

    /** A text that may quote Jackson, without what Jackson says of its own sources. */
    public static String clean(String text) {
        return clean(text, 0);
    }

    private static String clean(String text, int before) {
        String plain = TRAILING.matcher(
                        CLASS.matcher(ADVICE.matcher(text).replaceAll("")).replaceAll(""))
                .replaceAll("something follows the document");
        String marked = MARKER.matcher(plain)
                .replaceAll(found -> "(begun in line " + (Long.parseLong(found.group(1)) + before) + ", column "
                        + found.group(2) + ")");
        return SOURCE.matcher(marked).replaceAll("$1");
    }
}
