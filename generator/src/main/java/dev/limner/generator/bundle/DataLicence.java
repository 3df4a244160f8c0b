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
        if (licence.isBlank() || licence.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "licence is '" + licence + "', must have 1 to " + LONGEST + " characters");
        }
        if (attribution != null && attribution.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "attribution has " + attribution.length() + " characters, at most " + LONGEST + " are allowed");
        }
    }
}
