package dev.limner.generator.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a picture's file says of its origin: enough to draw it again. No job id, no time, no worker's name, so that equal
 * inputs give equal bytes.
 *
 * @param software the generator and its version
 * @param caption absent where the operator switched it off
 */
public record Provenance(
        String software,
        String model,
        String digest,
        long seed,
        int index,
        @Nullable String caption) {
    /** IPTC's term for a picture made by a trained model, in its controlled vocabulary. */
    public static final String DIGITAL_SOURCE_TYPE =
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As one line of JSON. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("software", software);
        node.put("model", model);
        node.put("digest", digest);
        node.put("seed", seed);
        node.put("index", index);
        if (caption != null) {
            node.put("caption", caption);
        }
        node.put("digitalSourceType", DIGITAL_SOURCE_TYPE);
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a provenance that Jackson cannot write", e);
        }
    }

    /** The IPTC property as an XMP packet, where picture tools look for it. */
    static String xmp() {
        return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                + "<rdf:Description xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""
                + " Iptc4xmpExt:DigitalSourceType=\"" + DIGITAL_SOURCE_TYPE + "\"/></rdf:RDF></x:xmpmeta>";
    }
}
