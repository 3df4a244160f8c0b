package dev.limner.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One header of a record, as Kafka has it.
 *
 * @param value not to be changed
 */
public record RecordHeader(String name, byte @Nullable [] value) {
    /** One whose value is text. */
    public static RecordHeader of(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The last of a name that has a value, as text, as Kafka's readers take it. */
    public static Optional<String> last(List<RecordHeader> headers, String name) {
        return headers.stream()
                .filter(header -> header.name.equals(name) && header.value != null)
                .reduce((first, second) -> second)
                .map(RecordHeader::text);
    }

    private String text() {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** How much it may take of a record, generously: three bytes per character of the name, lengths around both. */
    public int bytes() {
        return 16 + 3 * name.length() + (value == null ? 0 : value.length);
    }
}
