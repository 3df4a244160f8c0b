package dev.limner.training.evaluate.extractor;

import java.util.List;

/**
 * What judges say of themselves: enough to know what they may judge, and to make them again.
 *
 * @param version of the networks and their training; figures of two versions do not compare
 * @param data name of the data set whose training images they learned from
 * @param dataDigest its digest
 * @param language of the captions
 * @param textEncoder whose embeddings the dual encoder reads
 * @param side height and width of the images they judge
 * @param text length of an embedding
 * @param labels the data set's classes, empty if captions were clustered instead
 * @param classes number of classes
 * @param seed everything random in their making follows from it
 */
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
        long seed) {
    /** The version this build trains and reads. */
    public static final int VERSION = 1;

    public ExtractorDescription {
        labels = List.copyOf(labels);
        if (version != VERSION) {
            throw new IllegalArgumentException("version is " + version + ", this build judges with version " + VERSION);
        }
    }
}
