package dev.limner.training.evaluate.extractor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What judges learned from, so that everybody can tell for whom they are impartial.
 *
 * @param kind how it is related to the data they are for
 * @param sources whose images, by licence
 * @param subjects how many things the images show
 * @param images how many images
 * @param seen SHA-256 of the list of those images' digests, which lies beside the weights
 * @param learned how well they read the images they learned from
 * @param heldOut how well they read images of the same makers that they did not learn from; the difference is what they
 *     know by heart
 */
public record ExtractorOrigin(
        Kind kind,
        List<Source> sources,
        int subjects,
        int images,
        String seen,
        ExtractorReading learned,
        ExtractorReading heldOut) {

    public ExtractorOrigin {
        sources = List.copyOf(sources);
    }

    /** How the images that judges learned from are related to the data that they are for. */
    public enum Kind {
        /** Of other makers: no generator of the data has learned from them. */
        @JsonProperty("elsewhere")
        ELSEWHERE("images of other data"),
        /** The data's own validation images, which no generator learns from either. */
        @JsonProperty("validation")
        VALIDATION("the data's validation images"),
        /** Half of the data's training subjects: a generator has learned from the same images. */
        @JsonProperty("half")
        HALF("half of the data's training subjects");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /**
     * Images of one maker.
     *
     * @param id short name, as in {@code twemoji}
     * @param name for people
     * @param version of the package they are from
     * @param licence SPDX identifier; null if nobody has recorded it
     * @param attribution to be named where the licence asks for it
     * @param url where they are from
     * @param images how many
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Source(
            String id,
            @Nullable String name,
            @Nullable String version,
            @Nullable String licence,
            @Nullable String attribution,
            @Nullable String url,
            int images) {}
}
