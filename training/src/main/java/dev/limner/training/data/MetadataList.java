package dev.limner.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.protocol.text.JsonEntry;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import dev.limner.protocol.text.TextLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code metadata.jsonl} (a line per image: {@code {"file_name": "a.png", "text": "red apple"}}) and
 * {@code metadata.csv} (the same as columns, parted by commas, semicolons or tabs; {@code metadata.tsv} is as good). Names are relative to where the list
 * is. A fault of a line costs that line.
 */
final class MetadataList {
    private static final List<String> FILES = List.of("metadata.jsonl", "metadata.csv", "metadata.tsv");
    private static final String FILE_NAME = "file_name";
    private static final long MOST_BYTES = 1L << 30;

    /** A first line by which Excel is told what parts the columns. */
    private static final Pattern SEPARATOR = Pattern.compile("sep=(.)", Pattern.CASE_INSENSITIVE);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final String language;
    private final ImagePaths places;
    private final SkippedEntries skipped;
    private final Map<String, CaptionParser> byPlace = new LinkedHashMap<>();

    /**
     * @param folder the source
     * @param places the images that are there
     */
    MetadataList(Path folder, String language, ImagePaths places, SkippedEntries skipped) {
        this.folder = folder;
        this.language = language;
        this.places = places;
        this.skipped = skipped;
    }

    static boolean isListing(Path file) {
        return FILES.contains(String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT));
    }

    /** What the lists say of an image; null if nothing. */
    @Nullable
    CaptionParser of(String place) {
        return byPlace.get(place);
    }

    /** Reads one list; several lines for one image, and several lists, add up. */
    void read(Path file) {
        String name = ImagePaths.name(folder, file);
        try {
            if (name.toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
                jsonLines(file, name);
            } else {
                csv(file, name);
            }
        } catch (TextException | DataException e) {
            skipped.skip(name, SkippedEntries.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            skipped.skip(
                    name,
                    SkippedEntries.Reason.MALFORMED,
                    "it does not fit the memory of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB: part it");
        } catch (IOException e) {
            skipped.skip(name, SkippedEntries.Reason.CLOSED, String.valueOf(e));
        }
    }

    private void jsonLines(Path file, String name) throws IOException {
        for (JsonEntry entry : JsonLines.OF_DATA.read(bytes(file), name)) {
            String where = name + ":" + entry.line();
            switch (entry) {
                case JsonEntry.Json(int line, JsonNode node) -> entry(file, where, node);
                case JsonEntry.Plain(int line, String text) ->
                    skipped.skip(where, SkippedEntries.Reason.MALFORMED, "no JSON object: " + text);
                case JsonEntry.Fault(int line, String reason) ->
                    skipped.skip(where, SkippedEntries.Reason.MALFORMED, reason);
            }
        }
    }

    private void csv(Path file, String name) throws IOException {
        List<TextLine> lines = TextFile.lines(bytes(file), name);
        TextLine.Good first = firstWritten(lines, 0, name);
        Matcher said = SEPARATOR.matcher(first.text());
        if (said.matches()) {
            first = firstWritten(lines, first.number(), name);
        }
        String header = first.text();
        char delimiter = said.matches() ? said.group(1).charAt(0) : delimiter(header);
        CsvTable table = CsvTable.read(lines, first, delimiter);
        if (!table.columns().contains(FILE_NAME)) {
            throw new DataException("it has no column " + FILE_NAME + ", only " + header);
        }
        for (CsvTable.Row row : table.rows()) {
            String where = name + ":" + row.line();
            switch (row) {
                case CsvTable.Row.Fault(int line, String reason) ->
                    skipped.skip(where, SkippedEntries.Reason.MALFORMED, reason);
                case CsvTable.Row.Values(int line, Map<String, String> values) -> {
                    if (!values.isEmpty()) {
                        entry(file, where, JSON.valueToTree(values));
                    }
                }
            }
        }
    }

    private static TextLine.Good firstWritten(List<TextLine> lines, int from, String name) {
        for (TextLine line : lines.subList(from, lines.size())) {
            switch (line) {
                case TextLine.Bad(int number, String reason) ->
                    throw new TextException(name + " line " + number + ": " + reason);
                case TextLine.Good good -> {
                    if (!good.text().isBlank()) {
                        return good;
                    }
                }
            }
        }
        throw new DataException("it is empty");
    }

    /** A list is held in memory whole. */
    private static byte[] bytes(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new DataException("it has " + size + " bytes, at most " + MOST_BYTES + ": part it");
        }
        return Files.readAllBytes(file);
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

    private void entry(Path file, String where, JsonNode entry) {
        try {
            String name = entry.path(FILE_NAME).asText();
            if (name.isEmpty()) {
                throw new DataException(FILE_NAME + " is missing in " + entry);
            }
            ImagePaths.Found found = places.find(file, name);
            if (found == null) {
                skipped.skip(name, SkippedEntries.Reason.NO_PICTURE, "named in " + where);
                return;
            }
            if (found.guessed()) {
                skipped.remark(found.place(), SkippedEntries.Remark.NAME_MATCHED, where + " has " + name);
            }
            byPlace.computeIfAbsent(found.place(), key -> new CaptionParser(language))
                    .add(entry);
        } catch (DataException e) {
            skipped.skip(where, SkippedEntries.Reason.MALFORMED, String.valueOf(e.getMessage()));
        }
    }
}
