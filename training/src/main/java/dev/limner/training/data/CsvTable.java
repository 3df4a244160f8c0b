package dev.limner.training.data;

import dev.limner.protocol.text.TextLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table in text, its first line that is not blank the names of its columns. Rows are read one by one, so that a quote too
 * many costs its row: a library that reads on from there takes the rest of the table for one field.
 *
 * @param columns in lower case
 * @param rows those that can be read and those that cannot, in order
 */
record CsvTable(List<String> columns, List<Row> rows) {
    /** A text in quotes may go on over so many lines. */
    private static final int MOST_LINES = 100;

    /** A row, by the line it begins in. */
    sealed interface Row {
        int line();

        /** @param values by column, those that are not blank */
        record Values(int line, Map<String, String> values) implements Row {}

        record Fault(int line, String reason) implements Row {}
    }

    CsvTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * @param lines the file's
     * @param header the line among them with the names of the columns
     * @throws DataException if two columns have one name
     */
    static CsvTable read(List<TextLine> lines, TextLine.Good header, char delimiter) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setIgnoreSurroundingSpaces(true)
                .get();
        List<String> columns = columns(header.text(), format);
        List<Row> rows = new ArrayList<>();
        int at = header.number();
        while (at < lines.size()) {
            Reading reading = new Reading(lines, at, format);
            reading.row(columns).ifPresent(rows::add);
            at += reading.used;
        }
        return new CsvTable(columns, rows);
    }

    private static List<String> columns(String header, CSVFormat format) {
        List<String> columns = new ArrayList<>();
        Set<String> known = new HashSet<>();
        try {
            for (String name : parse(header, format)) {
                String column = name.strip().toLowerCase(Locale.ROOT);
                if (!column.isEmpty() && !known.add(column)) {
                    throw new DataException("it has two columns called " + column);
                }
                columns.add(column);
            }
        } catch (IOException e) {
            throw new DataException("its columns cannot be read: " + e.getMessage(), e);
        }
        return columns;
    }

    private static List<String> parse(String text, CSVFormat format) throws IOException {
        try (CSVParser parser = CSVParser.parse(text, format)) {
            List<CSVRecord> records = parser.getRecords();
            if (records.size() > 1) {
                throw new IOException("a quote stands in the wrong place");
            }
            return records.isEmpty() ? List.of() : records.get(0).toList();
        } catch (UncheckedIOException e) {
            throw new IOException(reason(e), e);
        }
    }

    private static String reason(UncheckedIOException e) {
        String message = String.valueOf(
                e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        return message.contains("EOF reached")
                ? "a quote is opened and not closed"
                : "a quote stands in the wrong place";
    }

    /** One row, and how many lines it takes. */
    private static final class Reading {
        private final List<TextLine> lines;
        private final int start;
        private final CSVFormat format;
        private int used = 1;

        Reading(List<TextLine> lines, int start, CSVFormat format) {
            this.lines = lines;
            this.start = start;
            this.format = format;
        }

        /** Empty for a blank line. */
        Optional<Row> row(List<String> columns) {
            int number = start + 1;
            return switch (lines.get(start)) {
                case TextLine.Bad bad -> Optional.of(new Row.Fault(number, bad.reason()));
                case TextLine.Good good when good.text().isBlank() -> Optional.empty();
                case TextLine.Good good -> {
                    try {
                        yield Optional.of(fitted(number, fields(good.text()), columns));
                    } catch (IOException e) {
                        used = 1;
                        yield Optional.of(new Row.Fault(number, String.valueOf(e.getMessage())));
                    }
                }
            };
        }

        /** A row whose quotes do not add up continues in the next line; if that does not mend it, it is at fault alone. */
        private List<String> fields(String first) throws IOException {
            try {
                return parse(first, format);
            } catch (IOException alone) {
                try {
                    return parse(closed(first), format);
                } catch (IOException together) {
                    throw alone;
                }
            }
        }

        private String closed(String first) throws IOException {
            StringBuilder text = new StringBuilder(first);
            while (odd(text)
                    && used < MOST_LINES
                    && start + used < lines.size()
                    && lines.get(start + used) instanceof TextLine.Good(int number, String more)) {
                text.append('\n').append(more);
                used++;
            }
            return text.toString();
        }

        private static boolean odd(CharSequence text) {
            return text.chars().filter(each -> each == '"').count() % 2 == 1;
        }

        private static Row fitted(int number, List<String> fields, List<String> columns) {
            for (String spare : fields.subList(Math.min(columns.size(), fields.size()), fields.size())) {
                if (!spare.isBlank()) {
                    return new Row.Fault(
                            number,
                            "it has " + fields.size() + " fields for " + columns.size()
                                    + " columns: a text that holds what parts the fields stands in quotes");
                }
            }
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(columns.size(), fields.size()); i++) {
                if (!columns.get(i).isEmpty() && !fields.get(i).isBlank()) {
                    values.put(columns.get(i), fields.get(i));
                }
            }
            return new Row.Values(number, values);
        }
    }
}
