package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which model a job wants: {@code name} for whatever is live under it, {@code name@digest} for exactly one.
 *
 * @param digest 64 hexadecimal digits, absent for the live one
 */
public record ModelRef(String name, @Nullable String digest) {
    /** What a job that says nothing gets. */
    public static final ModelRef DEFAULT = new ModelRef("default", null);

    /** What stands before the name of the model that is served, at the end of the answer to who asked for another. */
    public static final String SERVED_INSTEAD = "this worker serves ";

    private static final Pattern WRITTEN = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})(?:@([0-9a-f]{64}))?");

    /** @throws IllegalArgumentException if {@code written} is neither form */
    @JsonCreator
    public static ModelRef parse(String written) {
        Matcher matcher = WRITTEN.matcher(written);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a model is written name or name@digest");
        }
        return new ModelRef(matcher.group(1), matcher.group(2));
    }

    /** Whether a model of this name and digest is what is wanted. */
    public boolean matches(String modelName, String modelDigest) {
        return name.equals(modelName) && (digest == null || digest.equals(modelDigest));
    }

    @JsonValue
    @Override
    public String toString() {
        return digest == null ? name : name + "@" + digest;
    }
}
