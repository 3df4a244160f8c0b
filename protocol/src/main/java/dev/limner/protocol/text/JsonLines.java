package dev.limner.protocol.text;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Files of one thing a line: JSON objects, and plain text where the caller wants some. An object may go on over several
 * lines, as pretty printers write it, and a file may be one JSON array. A field that is given twice, a second value in a
 * line, and pieces of a document that does not hold together are faults of the line where they begin, never text.
 *
 * <p>A line whose first character is <code>&#123;</code>, or <code>[</code> followed by what continues an array, is JSON. A
 * backslash before <code>&#123; [ ] &#125;</code> or another backslash says that it is plain, and is taken away. Stateless.
 */
public final class JsonLines {
    /** For what goes into the fleet: what its workers would refuse is refused here. */
    public static final JsonLines STRICT = new JsonLines(new JsonFactoryBuilder());

    /** For descriptions of data, as Python writes them: {@code NaN} and {@code Infinity} are numbers. */
    public static final JsonLines OF_DATA =
            new JsonLines(new JsonFactoryBuilder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS));

    private static final Pattern PIECE = Pattern.compile("[\\[\\]{},\\s]+");
    private static final String ESCAPABLE = "{}[]\\";

    private final JsonMapper mapper;

    private JsonLines(JsonFactoryBuilder factory) {
        this.mapper = JsonMapper.builder(factory.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /**
     * Everything that is not blank, in order.
     *
     * @param source as errors name it
     * @throws TextException if the bytes as a whole are no text
     */
    public List<JsonEntry> read(byte[] bytes, String source) {
        return new Reading(TextFile.lines(bytes, source)).entries();
    }

    /** The same for a text that did not come from a file and is one thing, though it may have several lines. */
    public JsonEntry one(String text) {
        String start = text.stripLeading();
        if (start.isEmpty() || ESCAPABLE.indexOf(start.charAt(0)) < 0) {
            return new JsonEntry.Plain(1, text);
        }
        List<TextLine> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(new TextLine.Good(lines.size() + 1, line)));
        List<JsonEntry> entries = new Reading(lines).entries();
        return entries.size() == 1
                ? entries.get(0)
                : new JsonEntry.Fault(1, "it has " + entries.size() + " parts, must be a caption or one JSON object");
    }

    /**
     * A file that is one JSON document.
     *
     * @param source as errors name it
     * @throws TextException if it is not, naming line and column
     */
    public JsonNode document(byte[] bytes, String source) {
        String text = TextFile.whole(bytes, source);
        try (JsonParser parser = mapper.createParser(text)) {
            JsonNode node = mapper.readTree(parser);
            if (node == null) {
                throw new TextException(source + " is empty, must be JSON");
            }
            if (parser.nextToken() != null) {
                throw new TextException(source + " line "
                        + parser.currentTokenLocation().getLineNr() + ": something follows the JSON document");
            }
            return node;
        } catch (JsonProcessingException e) {
            if (JsonReasons.isEnd(e)) {
                throw new TextException(source + ": malformed JSON: " + JsonReasons.of(e));
            }
            throw new TextException(source + " line " + line(e.getLocation()) + ": malformed JSON in column "
                    + column(e.getLocation()) + ": " + JsonReasons.of(e));
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    private static int line(JsonLocation location) {
        return location == null ? 1 : location.getLineNr();
    }

    private static int column(JsonLocation location) {
        return location == null ? 1 : location.getColumnNr();
    }

    /** One pass over a file. */
    private final class Reading {
        private final List<TextLine> lines;
        private final List<JsonEntry> entries = new ArrayList<>();
        private boolean begun;

        Reading(List<TextLine> lines) {
            this.lines = lines;
        }

        List<JsonEntry> entries() {
            for (int at = 0; at < lines.size(); ) {
                at = switch (lines.get(at)) {
                    case TextLine.Bad(int number, String reason) -> {
                        entries.add(new JsonEntry.Fault(number, reason));
                        begun = true;
                        yield at + 1;
                    }
                    case TextLine.Good(int number, String text) -> {
                        int next = text.isBlank() ? at + 1 : take(at, text);
                        begun |= !text.isBlank();
                        yield next;
                    }
                };
            }
            return entries;
        }

        /** Takes what begins in a line; where to continue. */
        private int take(int at, String text) {
            String start = text.stripLeading();
            if (start.charAt(0) == '\\' && start.length() > 1 && ESCAPABLE.indexOf(start.charAt(1)) >= 0) {
                entries.add(new JsonEntry.Plain(at + 1, start.substring(1)));
                return at + 1;
            }
            if (start.charAt(0) == '{') {
                return object(at);
            }
            if (start.charAt(0) == '[' && isArray(start)) {
                return array(at);
            }
            if (PIECE.matcher(text).matches()) {
                entries.add(new JsonEntry.Fault(at + 1, "'" + text.strip() + "' is a piece of a JSON document"));
                return at + 1;
            }
            entries.add(new JsonEntry.Plain(at + 1, text));
            return at + 1;
        }

        /** Captions may begin with a bracketed word; arrays continue with a value that has a mark of its own, or end. */
        private static boolean isArray(String start) {
            String rest = start.substring(1).stripLeading();
            return rest.isEmpty() || "{[\"]".indexOf(rest.charAt(0)) >= 0;
        }

        private int object(int at) {
            LineReader text = new LineReader(lines, at);
            try (JsonParser parser = mapper.createParser(text)) {
                JsonNode node = mapper.readTree(parser);
                JsonLocation end = parser.currentLocation();
                int last = at + end.getLineNr() - 1;
                String rest = text.line(last).substring(end.getColumnNr() - 1);
                if (!rest.isBlank()) {
                    entries.add(new JsonEntry.Fault(
                            at + 1,
                            "something follows the JSON object in " + place(at, last, end.getColumnNr())
                                    + "; one object a line"));
                } else {
                    entries.add(new JsonEntry.Json(at + 1, node));
                }
                return last + 1;
            } catch (JsonProcessingException e) {
                entries.add(new JsonEntry.Fault(at + 1, malformed(at, e)));
                return at + 1;
            } catch (IOException e) {
                throw new UncheckedIOException("a text in memory cannot be read", e);
            }
        }

        private int array(int at) {
            LineReader text = new LineReader(lines, at);
            List<JsonEntry> elements = new ArrayList<>();
            try (JsonParser parser = mapper.createParser(text)) {
                parser.nextToken();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    int line = at + parser.currentTokenLocation().getLineNr();
                    elements.add(new JsonEntry.Json(line, mapper.readTree(parser)));
                }
                JsonLocation end = parser.currentLocation();
                int last = at + end.getLineNr() - 1;
                boolean alone = !begun
                        && text.line(last).substring(end.getColumnNr() - 1).isBlank()
                        && lines.subList(last + 1, lines.size()).stream()
                                .allMatch(line ->
                                        line instanceof TextLine.Good(int number, String rest) && rest.isBlank());
                if (alone) {
                    entries.addAll(elements);
                } else {
                    entries.add(
                            new JsonEntry.Fault(at + 1, "a JSON array must be the whole file; else one object a line"));
                }
                return last + 1;
            } catch (JsonProcessingException e) {
                entries.addAll(begun ? List.of() : elements);
                entries.add(new JsonEntry.Fault(at + 1, malformed(at, e)));
                return begun ? at + 1 : lines.size();
            } catch (IOException e) {
                throw new UncheckedIOException("a text in memory cannot be read", e);
            }
        }

        private String malformed(int at, JsonProcessingException e) {
            if (JsonReasons.isEnd(e)) {
                // The place of the end says nothing; the reason says what was begun where.
                return "malformed JSON: " + JsonReasons.of(e, at);
            }
            int line = line(e.getLocation());
            return "malformed JSON in " + place(at, at + line - 1, column(e.getLocation())) + ": "
                    + JsonReasons.of(e, at);
        }

        /** The line where an entry begins is named by whoever shows the fault. */
        private static String place(int first, int line, int column) {
            return (line == first ? "" : "line " + (line + 1) + ", ") + "column " + column;
        }
    }
}
