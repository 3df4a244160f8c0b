package dev.limner.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.text.Entry;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code metadata.jsonl} (a line a picture: {@code {"file_name": "a.png", "text": "red apple"}}) and
 * {@code metadata.csv} (the same as columns, parted by commas, semicolons or tabs). Names are relative to where the list
 * is. A fault of a line costs that line.
 */
final class Listing {
    private static final List<String> FILES = List.of("metadata.jsonl", "metadata.csv");
    private static final String FILE_NAME = "file_name";
    private static final char REPLACEMENT = '\uFFFD';
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final String language;
    private final Places places;
    private final Skipped skipped;
    private final Map<String, Captions> byPlace = new LinkedHashMap<>();

    /**
     * @param folder the source
     * @param places the pictures that are there
     */
    Listing(Path folder, String language, Places places, Skipped skipped) {
        this.folder = folder;
        this.language = language;
        this.places = places;
        this.skipped = skipped;
    }

    static boolean isListing(Path file) {
        return FILES.contains(String.valueOf(file.getFileName()));
    }

    /** What the lists say of a picture; null if nothing. */
    @Nullable
    Captions of(String place) {
        return byPlace.get(place);
    }

    /** Reads one list; several lines for one picture, and several lists, add up. */
    void read(Path file) {
        String name = Places.name(folder, file);
        try {
            if (name.endsWith(".csv")) {
                csv(file, name);
            } else {
                jsonLines(file, name);
            }
        } catch (TextException e) {
            skipped.skip(name, Skipped.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            skipped.skip(name, Skipped.Reason.CLOSED, String.valueOf(e));
        }
    }

    private void jsonLines(Path file, String name) throws IOException {
        for (Entry entry : JsonLines.OF_DATA.read(Files.readAllBytes(file), name)) {
            String where = name + ":" + entry.line();
            switch (entry) {
                case Entry.Json(int line, JsonNode node) -> entry(file, where, node);
                case Entry.Plain(int line, String text) ->
                    skipped.skip(where, Skipped.Reason.MALFORMED, "no JSON object: " + text);
                case Entry.Fault(int line, String reason) -> skipped.skip(where, Skipped.Reason.MALFORMED, reason);
            }
        }
    }

    private void csv(Path file, String name) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        // Excel writes it.
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String header = content.lines().findFirst().orElse("");
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter(header))
                .setHeader()
                .setSkipHeaderRecord(true)
                .setIgnoreHeaderCase(true)
                .setIgnoreSurroundingSpaces(true)
                .setAllowMissingColumnNames(true)
                .get();
        try (CSVParser parser = CSVParser.parse(new StringReader(content), format)) {
            if (parser.getHeaderNames().stream().noneMatch(FILE_NAME::equalsIgnoreCase)) {
                skipped.skip(name, Skipped.Reason.MALFORMED, "it has no column " + FILE_NAME + ", only " + header);
                return;
            }
            for (CSVRecord record : parser) {
                csvRecord(file, name + ", record " + (record.getRecordNumber() + 1), parser.getHeaderNames(), record);
            }
        } catch (UncheckedIOException | IllegalArgumentException e) {
            skipped.skip(name, Skipped.Reason.MALFORMED, "from here on: " + e.getMessage());
        }
    }

    private static char delimiter(String header) {
        char best = ',';
        for (char other : new char[] {';', '\t'}) {
            if (count(header, other) > count(header, best)) {
                best = other;
            }
        }
        return best;
    }

    private static long count(String text, char which) {
        return text.chars().filter(each -> each == which).count();
    }

    private void csvRecord(Path file, String where, List<String> columns, CSVRecord record) {
        ObjectNode entry = JSON.createObjectNode();
        for (String column : columns) {
            String value = record.isSet(column) ? record.get(column) : "";
            if (value.indexOf(REPLACEMENT) >= 0) {
                skipped.skip(where, Skipped.Reason.MALFORMED, "it is not UTF-8");
                return;
            }
            if (!value.isBlank()) {
                entry.put(column.toLowerCase(Locale.ROOT), value);
            }
        }
        if (!entry.isEmpty()) {
            entry(file, where, entry);
        }
    }

    private void entry(Path file, String where, JsonNode entry) {
        try {
            String name = entry.path(FILE_NAME).asText();
            if (name.isEmpty()) {
                throw new DataException(FILE_NAME + " is missing in " + entry);
            }
            Places.Found found = places.find(file, name);
            if (found == null) {
                skipped.skip(name, Skipped.Reason.NO_PICTURE, "named in " + where);
                return;
            }
            if (found.guessed()) {
                skipped.remark(found.place(), Skipped.Remark.NAME_MATCHED, where + " has " + name);
            }
            byPlace.computeIfAbsent(found.place(), key -> new Captions(language))
                    .add(entry);
        } catch (DataException e) {
            skipped.skip(where, Skipped.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
    }
}
