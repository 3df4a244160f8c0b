package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that can never be generated, each with the error that its result has to name. */
public enum BadJob {
    /** Too long to be read, short enough for a dead letter. */
    WIDE("{\"caption\": \"" + "w".repeat(100 << 10) + "\"}", "too-large"),
    /** Too long for a dead letter as well: its original goes to the store. */
    HUGE("{\"caption\": \"" + "h".repeat(300 << 10) + "\"}", "too-large"),
    /** Some models need no caption, so its absence is found out when the models are looked at. */
    CAPTIONLESS(job -> job.remove("caption"), "missing-field", "caption", null, Reading.WHOLE),
    /** Of a model without labels, as is {@link #CONTROL} of one without controls. */
    LABEL(job -> job.put("label", "fish"), "label-unknown", "label", "fish", Reading.WHOLE),
    CONTROL(job -> job.putObject("controls").put("hue", 0.5), "control-unknown", "controls", "hue", Reading.WHOLE),
    BLANK(job -> job.put("caption", ""), "caption-empty", "caption", "", Reading.FIELDS),
    NUMBER(job -> job.put("caption", 7), "wrong-type", "caption", "7", Reading.FIELDS),
    MANY(job -> job.put("count", 65), "count-out-of-range", "count", "65", Reading.FIELDS),
    NONE(job -> job.put("count", 0), "count-out-of-range", "count", "0", Reading.FIELDS),
    SEED(
            job -> job.put("seed", BigInteger.TWO.pow(63)),
            "seed-out-of-range",
            "seed",
            "9223372036854775808",
            Reading.FIELDS),
    TRUNCATION(job -> job.put("truncation", 1.5), "truncation-out-of-range", "truncation", "1.5", Reading.FIELDS),
    FORMAT(job -> job.put("format", "gif"), "format-unknown", "format", "gif", Reading.FIELDS),
    DEADLINE(job -> job.put("deadline", "tomorrow"), "deadline-invalid", "deadline", "tomorrow", Reading.FIELDS),
    GROUP(
            job -> job.putObject("group").put("id", "a b").put("size", 2),
            "group-invalid",
            "group.id",
            "a b",
            Reading.FIELDS),
    TENANT(job -> job.put("tenant", "ACME!"), "tenant-invalid", "tenant", "ACME!", Reading.CONTEXT),
    CONTEXT(
            job -> job.putObject("context").put("text", "x".repeat(5000)),
            "context-too-large",
            "context",
            null,
            Reading.TENANT),
    VERSION(job -> job.put("version", 2), "unsupported-version", "version", "2", Reading.FIELDS),
    /** Found out when the models are looked at, not when the record is read. */
    SIZE(
            job -> job.putObject("size").put("width", 32).put("height", 32),
            "size-not-available",
            "size",
            "32x32",
            Reading.WHOLE),
    MODEL(job -> job.put("model", "no-such-model"), "unknown-model", "model", "no-such-model", Reading.WHOLE),
    HALF("{\"id\": \"half\", ", "malformed-json"),
    LIST("[1, 2]", "not-an-object"),
    TWICE("{\"id\": \"a\", \"id\": \"b\"}", "duplicate-field"),
    DEEP("{\"context\": " + "[".repeat(40) + "]".repeat(40) + "}", "too-deep"),
    TOMBSTONE(null, "malformed-json");

    /** What of the record comes back in its result. */
    enum Reading {
        /** Nothing, not even its id. */
        NOTHING,
        /** Id and tenant. */
        TENANT,
        /** Id and context. */
        CONTEXT,
        /** Id, tenant and context. */
        FIELDS,
        /** Those and its group: it was a job like any other until a model was looked for. */
        WHOLE
    }

    // Lambdas that keep nothing.
    @SuppressWarnings("ImmutableEnumChecker")
    private final @Nullable Consumer<ObjectNode> change;

    private final @Nullable String raw;
    private final String code;
    private final @Nullable String field;
    private final @Nullable String offender;
    private final Reading reading;

    BadJob(
            Consumer<ObjectNode> change,
            String code,
            @Nullable String field,
            @Nullable String offender,
            Reading reading) {
        this.change = change;
        this.raw = null;
        this.code = code;
        this.field = field;
        this.offender = offender;
        this.reading = reading;
    }

    BadJob(@Nullable String raw, String code) {
        this.change = null;
        this.raw = raw;
        this.code = code;
        this.field = null;
        this.offender = null;
        this.reading = Reading.NOTHING;
    }

    /**
     * Those whose answer earlier releases agree on: they read past labels and controls, and refuse what has no caption before
     * anything else of it is read.
     */
    public static List<BadJob> ofEveryRelease() {
        Set<BadJob> later = EnumSet.of(CAPTIONLESS, LABEL, CONTROL);
        return Arrays.stream(values()).filter(bad -> !later.contains(bad)).toList();
    }

    /** As the key of such a record names it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that a record's key, {@code bad-NAME-NUMBER}, names. */
    static BadJob of(String key) {
        String name = key.split("-", 3)[1];
        return Arrays.stream(values())
                .filter(bad -> bad.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no bad job is called '" + name + "'"));
    }

    /** Such a record's value, made from a job that is right. */
    public byte @Nullable [] value(ObjectNode job) {
        if (change == null) {
            return raw == null ? null : raw.getBytes(StandardCharsets.UTF_8);
        }
        change.accept(job);
        return job.toString().getBytes(StandardCharsets.UTF_8);
    }

    String code() {
        return code;
    }

    @Nullable
    String field() {
        return field;
    }

    @Nullable
    String offender() {
        return offender;
    }

    Reading reading() {
        return reading;
    }
}
