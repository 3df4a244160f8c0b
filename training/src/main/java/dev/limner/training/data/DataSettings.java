package dev.limner.training.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code dataset.json} beside the shards: what must not change while a data set grows, and where its images are from.
 *
 * <p>In format 2 a hash of the subject decides what an image is for. In format 1, which is read as ever and grows as ever,
 * a hash of the pixels does, and there is no validation.
 *
 * @param format version of this record
 * @param side height and width of its images in pixels
 * @param validationPercent subjects of a hundred that are for validation; 0 in format 1
 * @param testPercent subjects (in format 1: images) of a hundred that are for testing; both are constants of the set, or
 *     growing it would move images that were compared against into training
 * @param sources where its images are from
 */
public record DataSettings(int format, int side, int validationPercent, int testPercent, List<DataSource> sources) {
    /** The version this build makes. */
    public static final int FORMAT = 2;

    /** The version before, which this build reads and adds to. */
    public static final int FORMAT_1 = 1;

    /** For validation unless said otherwise. */
    public static final int DEFAULT_VALIDATION_PERCENT = 10;

    /** For testing unless said otherwise. */
    public static final int DEFAULT_TEST_PERCENT = 10;

    private static final String FILE = "dataset.json";
    private static final int MOST_SIDE = 1024;
    private static final int MOST_HELD_OUT = 90;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public DataSettings {
        require(format == FORMAT || format == FORMAT_1, "format", format, "must be " + FORMAT_1 + " or " + FORMAT);
        require(
                side >= 16 && side <= MOST_SIDE && Integer.bitCount(side) == 1,
                "side",
                side,
                "must be a power of two from 16 to " + MOST_SIDE);
        boolean old = format == FORMAT_1;
        require(!old || validationPercent == 0, "validationPercent", validationPercent, "must be 0 in format 1");
        requireShare("validationPercent", validationPercent);
        requireShare(old ? "heldOutPercent" : "testPercent", testPercent);
        require(
                validationPercent + testPercent <= MOST_HELD_OUT,
                "validationPercent + testPercent",
                validationPercent + testPercent,
                "must be at most " + MOST_HELD_OUT + " percent");
        sources = List.copyOf(sources);
        require(
                sources.stream().map(DataSource::id).distinct().count() == sources.size(),
                "sources",
                sources.stream().map(DataSource::id).toList(),
                "must have each id once");
    }

    private static void requireShare(String key, int percent) {
        require(
                percent >= 0 && percent <= MOST_HELD_OUT,
                key,
                percent,
                "must be from 0 to " + MOST_HELD_OUT + " percent");
    }

    /** Settings of a data set that is being made, split by subject. */
    public static DataSettings of(int side, int validationPercent, int testPercent) {
        return new DataSettings(FORMAT, side, validationPercent, testPercent, List.of());
    }

    /** Settings of a data set of format 1, split by pixels. */
    public static DataSettings ofPixels(int side, int heldOutPercent) {
        return new DataSettings(FORMAT_1, side, 0, heldOutPercent, List.of());
    }

    /** Whether a subject is in one split, whatever its images look like; else the pixels decide, as in format 1. */
    public boolean splitsBySubject() {
        return format >= FORMAT;
    }

    /** Of a hundred, what is not trained on. */
    public int heldOutPercent() {
        return validationPercent + testPercent;
    }

    /** The split of an image of this set, read at its own size. */
    public Split splitOf(CaptionedImage image) {
        Split stated = stated(image.split());
        return stated != null
                ? stated
                : splitsBySubject() ? splitOf(image.subject()) : Split.of(image.pixels(), testPercent);
    }

    /** The split of a subject whose makers did not choose one, in a set that is split by subject. */
    Split splitOf(String subject) {
        return Split.ofSubject(subject, validationPercent, testPercent);
    }

    /** What makers said, as this set understands it: format 1 has one kind of held-out images. */
    @Nullable
    Split stated(@Nullable Split said) {
        return said == Split.VALIDATION && !splitsBySubject() ? Split.TEST : said;
    }

    /** The same with other sources. */
    public DataSettings withSources(List<DataSource> others) {
        return new DataSettings(format, side, validationPercent, testPercent, others);
    }

    /** For people. */
    String text() {
        return "side " + side + " and "
                + (splitsBySubject()
                        ? validationPercent + " percent for validation, " + testPercent + " for testing"
                        : testPercent + " percent held out");
    }

    /** Whether a folder has been made a data set. */
    public static boolean in(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /** @throws DataException naming the file, the key and the value if there is none or it is malformed */
    public static DataSettings read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw new DataException(folder + " is no data set: it has no " + FILE
                    + "; limner data import makes one, of a folder of images or of WebDataset shards");
        }
        try {
            JsonNode read = JSON.readTree(Files.readAllBytes(file));
            JsonNode written = read.path("format");
            if (written.isInt() && written.intValue() > FORMAT) {
                throw new IllegalArgumentException(
                        "format is " + written + ", this build reads " + FORMAT_1 + " and " + FORMAT);
            }
            if (read instanceof ObjectNode node && !node.has("sources")) {
                node.putArray("sources");
            }
            return written.asInt() == FORMAT_1
                    ? JSON.treeToValue(read, Format1.class).settings()
                    : JSON.treeToValue(read, Format2.class).settings();
        } catch (JsonProcessingException e) {
            throw new DataException(file + ": " + JsonReasons.of(e), e);
        } catch (IllegalArgumentException | DataException e) {
            throw new DataException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As the file has it. */
    private record Format1(
            int format,
            int side,
            int heldOutPercent,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<DataSource> sources) {
        DataSettings settings() {
            return new DataSettings(format, side, 0, heldOutPercent, sources);
        }
    }

    /** As the file has it. */
    private record Format2(int format, int side, int validationPercent, int testPercent, List<DataSource> sources) {
        DataSettings settings() {
            return new DataSettings(format, side, validationPercent, testPercent, sources);
        }
    }

    private Object written() {
        return splitsBySubject()
                ? new Format2(format, side, validationPercent, testPercent, sources)
                : new Format1(format, side, testPercent, sources);
    }

    /**
     * Makes a folder a data set; its shards may come later.
     *
     * @throws DataException if it cannot be written
     */
    public void write(Path folder) {
        Path temporary = folder.resolve(FILE + ".tmp");
        try {
            Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(written()) + "\n");
            Files.move(
                    temporary,
                    folder.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new DataException("the data set " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void require(boolean fine, String key, Object value, String rule) {
        if (!fine) {
            throw new IllegalArgumentException(key + " is " + value + ", " + rule);
        }
    }
}
