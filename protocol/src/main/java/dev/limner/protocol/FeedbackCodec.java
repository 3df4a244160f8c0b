package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a feedback topic's record to feedback or to what is wrong with it, and back. Never throws for anything the
 * bytes can hold. Stateless; safe from any thread.
 */
public final class FeedbackCodec {
    private FeedbackCodec() {}

    /**
     * Decodes and validates a record.
     *
     * @param value the record's value, null for a tombstone
     * @param fallbackId the id of feedback that has none of its own: {@code topic-partition-offset}
     */
    public static DecodedFeedback decode(byte @Nullable [] value, String fallbackId) {
        try {
            JsonFields fields = new JsonFields(StrictJson.object(value));
            return new DecodedFeedback.Valid(new FeedbackReader(fields).read(fallbackId));
        } catch (InvalidRecord e) {
            return new DecodedFeedback.Poison(e.error());
        }
    }

    /** Feedback as a producer writes it. */
    public static byte[] encode(Feedback feedback) {
        ObjectNode node = Json.PLAIN.createObjectNode();
        node.put("id", feedback.id());
        node.put("image", feedback.image().written());
        Opinion opinion = feedback.opinion();
        if (opinion != null) {
            switch (opinion) {
                case Opinion.Verdict(boolean liked) -> node.put("verdict", liked ? "like" : "dislike");
                case Opinion.Score(int value) -> node.put("score", value);
                case Opinion.Preference(ImageName over) -> node.put("preferredOver", over.written());
            }
        }
        if (!feedback.artifacts().isEmpty()) {
            ArrayNode tags = node.putArray("artifacts");
            feedback.artifacts().forEach(tags::add);
        }
        put(node, "caption", feedback.caption());
        put(node, "example", feedback.example());
        put(node, "rater", feedback.rater());
        Instant at = feedback.at();
        put(node, "at", at == null ? null : at.toString());
        try {
            return Json.PLAIN.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("feedback that Jackson cannot write", e);
        }
    }

    private static void put(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }
}
