package dev.limner.protocol;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 attributes in Kafka's binary mode, and the W3C trace context that goes with them.
 *
 * @param id {@code ce_id}
 * @param type {@code ce_type}
 * @param source {@code ce_source}
 * @param time {@code ce_time}
 */
public record CloudEvent(String id, String type, String source, Instant time) {
    /** W3C Trace Context's header. */
    public static final String TRACE_PARENT = "traceparent";

    private static final Pattern TRACE = Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})");

    /** The headers, by name. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", id);
        headers.put("ce_type", type);
        headers.put("ce_source", source);
        headers.put("ce_time", time.toString());
        headers.put("content-type", "application/json");
        return headers;
    }

    /**
     * The trace context of what follows from a record: the same trace, a span of its own.
     *
     * @param parent the record's own {@code traceparent}
     * @return null if the record had none that is valid
     */
    public static @Nullable String continued(@Nullable String parent) {
        Matcher matcher = TRACE.matcher(parent == null ? "" : parent);
        if (!matcher.matches()) {
            return null;
        }
        long span = new SplittableRandom().nextLong() | 1;
        return "00-" + matcher.group(1) + "-" + String.format("%016x", span) + "-" + matcher.group(2);
    }
}
