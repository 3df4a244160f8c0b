package dev.limner.training.data.icon;

import dev.limner.training.data.DataException;
import java.util.List;

/** Licences under which icons may be trained on, and the model given away, with no more than their makers' names. */
final class PermissiveLicences {
    /** Identifiers of the SPDX licence list. */
    private static final List<String> ACCEPTED = List.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC-BY-3.0",
            "CC-BY-4.0",
            "CC0-1.0",
            "ISC",
            "MIT",
            "MIT-0",
            "Unlicense");

    private PermissiveLicences() {}

    /**
     * Refuses an icon set under another licence.
     *
     * @param set for the message
     * @param licence as the set says it, perhaps nothing
     * @throws DataException naming both
     */
    static void require(String set, String licence) {
        if (!ACCEPTED.contains(licence)) {
            throw new DataException("the icons of " + set
                    + (licence.isEmpty() ? " say nothing of their licence" : " are under the licence '" + licence + "'")
                    + ", and only those under a permissive one are imported: " + String.join(", ", ACCEPTED));
        }
    }
}
