package dev.limner.generator.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an image's file says of its origin: enough to generate it again. No job id, no time, no worker's name, so that equal
 * inputs give equal bytes.
 *
 * @param software the generator and its version
 * @param truncation of the noise
 * @param caption what it shows, for people: the job's caption, else its label; absent where the operator switched it off, as
 *     the two others are then
 * @param label the class that the job named, for a model that has some
 * @param controls numbers and texts that the job set, by name
 */
public record Provenance(
        String software,
        String model,
        String digest,
        long seed,
        int index,
        double truncation,
        @Nullable String caption,
        @Nullable String label,
        Map<String, JsonNode> controls) {
    public Provenance {
        controls = Collections.unmodifiableMap(new LinkedHashMap<>(controls));
    }

    /** Of an image of a model that reads captions only. */
    public Provenance(
            String software,
            String model,
            String digest,
            long seed,
            int index,
            double truncation,
            @Nullable String caption) {
        this(software, model, digest, seed, index, truncation, caption, null, Map.of());
    }

    /** IPTC's term for an image made by a trained model, in its controlled vocabulary. */
    public static final String DIGITAL_SOURCE_TYPE =
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

    private static final double FULL = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As one line of JSON. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("software", software);
        node.put("model", model);
        node.put("digest", digest);
        node.put("seed", seed);
        node.put("index", index);
        if (truncation != FULL) {
            node.put("truncation", truncation);
        }
        if (caption != null) {
            node.put("caption", caption);
        }
        if (label != null) {
            node.put("label", label);
        }
        if (!controls.isEmpty()) {
            ObjectNode said = node.putObject("controls");
            controls.forEach(said::set);
        }
        node.put("digitalSourceType", DIGITAL_SOURCE_TYPE);
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a provenance that Jackson cannot write", e);
        }
    }

    /**
     * What a PNG or JPEG file says of its origin; empty if it says nothing that {@link ImageEncoder} could have written.
     * Never throws, whatever the bytes.
     */
    public static Optional<Provenance> read(byte[] file) {
        return PngChunks.read(file, ImageEncoder.KEYWORD)
                .or(() -> JpegComments.first(file))
                .flatMap(Provenance::parse);
    }

    private static Optional<Provenance> parse(String written) {
        try {
            JsonNode node = JSON.readTree(written);
            if (!DIGITAL_SOURCE_TYPE.equals(node.path("digitalSourceType").asText())
                    || !node.path("seed").canConvertToLong()
                    || !node.path("index").isInt()) {
                return Optional.empty();
            }
            return Optional.of(new Provenance(
                    node.path("software").asText(),
                    node.path("model").asText(),
                    node.path("digest").asText(),
                    node.path("seed").longValue(),
                    node.path("index").intValue(),
                    node.path("truncation").asDouble(FULL),
                    node.path("caption").textValue(),
                    node.path("label").textValue(),
                    controls(node.path("controls"))));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Map<String, JsonNode> controls(JsonNode said) {
        Map<String, JsonNode> controls = new LinkedHashMap<>();
        said.properties().forEach(control -> controls.put(control.getKey(), control.getValue()));
        return controls;
    }

    /** The IPTC property as an XMP packet, where image tools look for it. */
    static String xmp() {
        return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                + "<rdf:Description xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""
                + " Iptc4xmpExt:DigitalSourceType=\"" + DIGITAL_SOURCE_TYPE + "\"/></rdf:RDF></x:xmpmeta>";
    }
}
