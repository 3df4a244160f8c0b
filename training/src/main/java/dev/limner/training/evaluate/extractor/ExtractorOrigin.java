package dev.limner.training.evaluate.extractor;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.limner.training.data.DataSource;
import java.util.List;

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
        List<Share> sources,
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
     * @param source who that is, and under which terms
     * @param images how many
     */
    public record Share(DataSource source, int images) {}
}
