package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image as feedback names it: by its file's SHA-256, or by a URI that ends in it, as results give it.
 *
 * @param written the form it came in
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 */
public record ImageName(String written, String sha256) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern URI = Pattern.compile("[a-z][a-z0-9+.-]*:.*?/([0-9a-f]{64})(?:\\.[a-z]{1,8})?");
    private static final int MOST_CHARACTERS = 2048;
    private static final int MOST_SHOWN = 100;

    /** @throws IllegalArgumentException if it is neither form */
    @JsonCreator
    public static ImageName parse(String written) {
        return of(written)
                .orElseThrow(() -> new IllegalArgumentException("image is '" + abbreviated(written)
                        + "', must be a SHA-256 of 64 lower-case hexadecimal digits or a URI ending in one"));
    }

    private static String abbreviated(String written) {
        return written.length() <= MOST_SHOWN ? written : written.substring(0, MOST_SHOWN) + "...";
    }

    /** Empty if it is neither form. */
    static Optional<ImageName> of(String written) {
        if (DIGEST.matcher(written).matches()) {
            return Optional.of(new ImageName(written, written));
        }
        Matcher matcher = URI.matcher(written);
        return written.length() <= MOST_CHARACTERS && matcher.matches()
                ? Optional.of(new ImageName(written, matcher.group(1)))
                : Optional.empty();
    }

    @JsonValue
    @Override
    public String toString() {
        return written;
    }
}
