package dev.limner.generator.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Under which terms a model's training data came, so that whoever is given the model can keep to them.
 *
 * @param data name of the data set
 * @param licence its identifier in the SPDX licence list, {@code LicenseRef-NAME} for another, {@code NOASSERTION} where nobody
 *     said
 * @param attribution who made the data, as the licence asks for it to be said
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataLicence(
        String data, String licence, @Nullable String attribution) {
    /** Of data whose licence nobody said. */
    public static final String UNKNOWN = "NOASSERTION";

    private static final int LONGEST = 2000;

    public DataLicence {
        require("data", data);
        require("licence", licence);
        if (attribution != null) {
            require("attribution", attribution);
        }
    }

    private static void require(String key, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(key + " is empty, must have 1 to " + LONGEST + " characters");
        }
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    key + " has " + text.length() + " characters, at most " + LONGEST + " are allowed");
        }
        if (text.codePoints()
                .anyMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE)) {
            throw new IllegalArgumentException(key + " is '" + text + "', must not hold control characters");
        }
    }
}
