package dev.limner.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code dataset.json} beside the shards: what must not change while a data set grows.
 *
 * @param format version of this record
 * @param side height and width of its images in pixels
 * @param heldOutPercent images of a hundred that are held out; a constant of the set, or growing it would move
 *     images that were compared against into training
 */
public record DataSettings(int format, int side, int heldOutPercent) {
    /** The version this build reads and writes. */
    public static final int FORMAT = 1;

    /** Held out unless said otherwise: a fifth, because most sets are small. */
    public static final int DEFAULT_HELD_OUT_PERCENT = 20;

    private static final String FILE = "dataset.json";
    private static final int MOST_SIDE = 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public DataSettings {
        require(format == FORMAT, "format", format, "must be " + FORMAT);
        require(
                side >= 16 && side <= MOST_SIDE && Integer.bitCount(side) == 1,
                "side",
                side,
                "must be a power of two from 16 to " + MOST_SIDE);
        require(
                heldOutPercent >= 0 && heldOutPercent <= 90,
                "heldOutPercent",
                heldOutPercent,
                "must be from 0 to 90 percent");
    }

    /** Settings of a data set that is being made. */
    public static DataSettings of(int side, int heldOutPercent) {
        return new DataSettings(FORMAT, side, heldOutPercent);
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
            return JSON.readValue(file.toFile(), DataSettings.class);
        } catch (JsonProcessingException e) {
            throw new DataException(file + ": " + JsonReasons.of(e), e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Makes a folder a data set; its shards may come later.
     *
     * @throws DataException if it cannot be written
     */
    public void write(Path folder) {
        Path temporary = folder.resolve(FILE + ".tmp");
        try {
            Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
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
