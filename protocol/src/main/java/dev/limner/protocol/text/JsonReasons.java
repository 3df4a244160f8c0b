package dev.limner.protocol.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** What Jackson has against a document, for people who have never heard of Jackson. */
public final class JsonReasons {
    private static final Pattern MARKER =
            Pattern.compile("\\(start marker at \\[Source: [^\\]]*?line: (\\d+), column: (\\d+)\\]\\)");
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^\\];]*;?\\s*([^\\]]*)\\]");

    /** To programmers, of which a user has no use. */
    private static final Pattern ADVICE = Pattern.compile(": enable `[A-Za-z_.]+` to allow");

    private static final Pattern TRAILING = Pattern.compile("Trailing token \\(of type \\w+\\) found after value .*");

    private JsonReasons() {}

    /** One line, without the place of the mistake. */
    public static String of(JsonProcessingException failure) {
        return of(failure, 0);
    }

    /** @param before lines of the file before the first that Jackson was given */
    static String of(JsonProcessingException failure, int before) {
        return clean(String.valueOf(failure.getOriginalMessage()), before);
    }

    /** A text that may quote Jackson, without what Jackson says of its own sources. */
    public static String clean(String text) {
        return clean(text, 0);
    }

    private static String clean(String text, int before) {
        String plain =
                TRAILING.matcher(ADVICE.matcher(text).replaceAll("")).replaceAll("something follows the document");
        String marked = MARKER.matcher(plain)
                .replaceAll(found -> "(begun in line " + (Long.parseLong(found.group(1)) + before) + ", column "
                        + found.group(2) + ")");
        return SOURCE.matcher(marked).replaceAll("$1");
    }
}
