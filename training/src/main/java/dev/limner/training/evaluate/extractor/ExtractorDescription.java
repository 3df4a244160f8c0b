package dev.limner.training.evaluate.extractor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What judges say of themselves: enough to know what they may judge, and to make them again.
 *
 * @param version of the networks and their training; figures of two versions do not compare
 * @param data name of the data whose images they learned from
 * @param dataDigest its digest
 * @param language of the captions
 * @param textEncoder whose embeddings the dual encoder reads
 * @param side height and width of the images they judge
 * @param text length of an embedding
 * @param labels the data set's classes, empty if captions were clustered instead
 * @param classes number of classes
 * @param seed everything random in their making follows from it
 * @param origin what they learned from; null in version 1, which learned from the training split of the data set it is for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExtractorDescription(
        int version,
        String data,
        String dataDigest,
        String language,
        String textEncoder,
        int side,
        int text,
        List<String> labels,
        int classes,
        long seed,
        @Nullable ExtractorOrigin origin) {
    /** The version this build trains. */
    public static final int VERSION = 2;

    /** The oldest version it reads. */
    public static final int OLDEST = 1;

    public ExtractorDescription {
        labels = List.copyOf(labels);
        if (version < OLDEST || version > VERSION) {
            throw new IllegalArgumentException(
                    "version is " + version + ", this build judges with versions " + OLDEST + " to " + VERSION);
        }
        if (version > OLDEST && origin == null) {
            throw new IllegalArgumentException("origin is missing, which version " + version + " has");
        }
    }

    ExtractorDescription with(ExtractorOrigin found) {
        return new ExtractorDescription(
                version, data, dataDigest, language, textEncoder, side, text, labels, classes, seed, found);
    }
}
