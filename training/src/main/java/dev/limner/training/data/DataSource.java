package dev.limner.training.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private static final List<String> KEYS =
            List.of("id", "name", "version", "licence", "attribution", "url", "shareAlike");
    private static final int LONGEST_LICENCE = 200;
    private static final int LONGEST = 2000;
    private static final Pattern EXPRESSION = Pattern.compile("[A-Za-z0-9.+:()-]+( [A-Za-z0-9.+:()-]+)*");
    private static final Pattern SHARE_ALIKE = Pattern.compile(".*(-SA(-|\\b)|\\b[AL]?GPL-|\\bODbL-|\\bEUPL-).*");

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
        // A licence that is share-alike is so whatever somebody says.
        shareAlike |= isShareAlike(licence);
        attribution = text("attribution of source " + mine, attribution);
        url = text("url of source " + mine, url);
    }

    /**
     * As files have it: {@code id} and {@code licence}, and what else is known.
     *
     * @throws DataException naming the key and the value that it cannot have
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static DataSource of(JsonNode node) {
        if (!node.isObject()) {
            throw new DataException("a source is " + node + ", must be a JSON object");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new DataException("a source has the key '" + key + "', known are " + String.join(", ", KEYS));
            }
        });
        String id = required(node, "id");
        JsonNode shareAlike = node.path("shareAlike");
        if (!shareAlike.isMissingNode() && !shareAlike.isBoolean()) {
            throw new DataException("shareAlike of source " + id + " is " + shareAlike + ", must be true or false");
        }
        String name = optional(node, "name");
        return new DataSource(
                id,
                name == null ? id : name,
                optional(node, "version"),
                required(node, "licence"),
                optional(node, "attribution"),
                optional(node, "url"),
                shareAlike.asBoolean());
    }

    /**
     * Those that a file lists.
     *
     * @throws DataException naming the file, the key and the value if it is no list of sources
     */
    static List<DataSource> list(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            JsonNode list = JsonLines.OF_DATA.document(bytes, String.valueOf(file.getFileName()));
            if (!list.isArray()) {
                throw new DataException("it is " + list.getNodeType() + ", must be a list of sources");
            }
            List<DataSource> sources = new ArrayList<>();
            list.forEach(node -> sources.add(of(node)));
            return sources;
        } catch (DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        } catch (TextException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String required(JsonNode node, String key) {
        String value = optional(node, key);
        if (value == null) {
            throw new DataException(key + " is missing in the source " + node);
        }
        return value;
    }

    private static @Nullable String optional(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new DataException(key + " of a source is " + value + ", must be text");
        }
        return value.textValue();
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
