package dev.limner.training.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limner.generator.bundle.DataLicence;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where images of a data set come from, and under which terms.
 *
 * @param id what images of it name it by
 * @param name for people
 * @param version of what was imported
 * @param licence its identifier in the SPDX licence list, {@code LicenseRef-NAME} for another, {@code NOASSERTION} where nobody
 *     said
 * @param attribution who made the images, as the licence asks for it to be said
 * @param url where they are from
 * @param shareAlike whether what is made of them must stay under the same licence
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataSource(
        String id,
        String name,
        @Nullable String version,
        String licence,
        @Nullable String attribution,
        @Nullable String url,
        boolean shareAlike) {
    private static final int LONGEST_LICENCE = 200;
    private static final int LONGEST = 2000;
    private static final Pattern EXPRESSION = Pattern.compile("[A-Za-z0-9.+:()-]+( [A-Za-z0-9.+:()-]+)*");
    private static final Pattern SHARE_ALIKE =
            Pattern.compile(".*(-SA(-|\\b)|\\b[AL]?GPL-|\\bODbL-|\\bMPL-|\\bEUPL-|\\bOFL-|\\bFreeImage\\b).*");

    /** @throws DataException naming the key and the value that it cannot have */
    public DataSource {
        String mine = ImageAttributes.name("source", id);
        if (mine == null) {
            throw new DataException("source is '" + id + "', must not be blank");
        }
        id = mine;
        String called = ImageAttributes.name("name of source " + mine, name);
        name = called == null ? mine : called;
        version = ImageAttributes.name("version of source " + mine, version);
        if (!EXPRESSION.matcher(licence).matches() || licence.length() > LONGEST_LICENCE) {
            throw new DataException("licence of source " + mine + " is '" + licence
                    + "', must be an identifier of the SPDX licence list such as MIT, CC-BY-4.0, LicenseRef-NAME or "
                    + DataLicence.UNKNOWN);
        }
        attribution = text("attribution of source " + mine, attribution);
        url = text("url of source " + mine, url);
    }

    private static @Nullable String text(String key, @Nullable String given) {
        String text = given == null ? "" : given.strip();
        if (text.length() > LONGEST) {
            throw new DataException(key + " has " + text.length() + " characters, at most " + LONGEST + " are allowed");
        }
        return text.isEmpty() ? null : text;
    }

    /** A source by its licence, which also tells whether it is share-alike. */
    public static DataSource of(String id, String name, String licence, @Nullable String attribution) {
        return new DataSource(id, name, null, licence, attribution, null, isShareAlike(licence));
    }

    /** A source of which nobody said under which terms its images may be used. */
    public static DataSource unstated(String id) {
        return new DataSource(id, id, null, DataLicence.UNKNOWN, null, null, false);
    }

    /** Whether a licence is known to ask that what is made of a work stays under the same terms. */
    public static boolean isShareAlike(String licence) {
        return SHARE_ALIKE.matcher(licence).matches();
    }

    /** Whether anybody said under which terms the images may be used. */
    public boolean hasLicence() {
        return !licence.equals(DataLicence.UNKNOWN);
    }

    DataSource withId(String other) {
        return new DataSource(other, name, version, licence, attribution, url, shareAlike);
    }

    /** As a model's manifest has it. */
    public DataLicence terms() {
        return new DataLicence(version == null ? name : name + " " + version, licence, attribution);
    }
}
