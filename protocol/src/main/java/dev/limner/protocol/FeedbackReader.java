package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and validates feedback's fields, one method a field, in the protocol's order. */
final class FeedbackReader {
    private static final Pattern RATER = Pattern.compile("[A-Za-z0-9._:@-]{1,128}");
    private static final Pattern ARTIFACT = Pattern.compile("[a-z0-9-]{1,64}");
    private static final int MOST_ARTIFACTS = 16;
    private static final int MOST_URI = 2048;

    private final JsonFields fields;

    FeedbackReader(JsonFields fields) {
        this.fields = fields;
    }

    Feedback read(String fallbackId) throws InvalidRecord {
        fields.version();
        String id = fields.id(fallbackId);
        ImageName image = image("image");
        if (image == null) {
            throw JsonFields.missing("image");
        }
        Opinion opinion = opinion();
        String caption = caption();
        String example = example();
        if (opinion == null && caption == null && example == null) {
            throw new InvalidRecord(RecordError.ofRecord(
                    ErrorCode.OPINION_MISSING,
                    "there must be one of verdict, score and preferredOver, or a caption or an example"));
        }
        return new Feedback(id, image, opinion, artifacts(), caption, example, rater(), at());
    }

    private @Nullable ImageName image(String name) throws InvalidRecord {
        String written = fields.text(name);
        if (written == null) {
            return null;
        }
        return ImageName.of(written)
                .orElseThrow(() -> new InvalidRecord(RecordError.of(
                        ErrorCode.IMAGE_INVALID,
                        name,
                        written,
                        "must be a SHA-256 of 64 lower-case hexadecimal digits or a URI ending in one")));
    }

    private @Nullable Opinion opinion() throws InvalidRecord {
        List<Opinion> opinions = new ArrayList<>();
        String verdict = fields.text("verdict");
        if (verdict != null) {
            opinions.add(verdict(verdict));
        }
        Long score = fields.integer("score", ErrorCode.SCORE_OUT_OF_RANGE, Opinion.Score.LEAST, Opinion.Score.MOST);
        if (score != null) {
            opinions.add(new Opinion.Score(score.intValue()));
        }
        ImageName over = image("preferredOver");
        if (over != null) {
            opinions.add(new Opinion.Preference(over));
        }
        if (opinions.size() > 1) {
            throw new InvalidRecord(RecordError.ofRecord(
                    ErrorCode.OPINION_AMBIGUOUS, "there must be only one of verdict, score and preferredOver"));
        }
        return opinions.isEmpty() ? null : opinions.get(0);
    }

    private static Opinion verdict(String written) throws InvalidRecord {
        return switch (written) {
            case "like" -> new Opinion.Verdict(true);
            case "dislike" -> new Opinion.Verdict(false);
            default ->
                throw new InvalidRecord(
                        RecordError.of(ErrorCode.VERDICT_UNKNOWN, "verdict", written, "must be like or dislike"));
        };
    }

    private @Nullable String caption() throws InvalidRecord {
        String written = fields.text("caption");
        return written == null ? null : CaptionRule.normalised("caption", written);
    }

    private @Nullable String example() throws InvalidRecord {
        String written = fields.text("example");
        if (written == null) {
            return null;
        }
        try {
            if (written.length() <= MOST_URI && new URI(written).isAbsolute()) {
                return written;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new InvalidRecord(RecordError.of(
                ErrorCode.EXAMPLE_INVALID, "example", written, "must be an absolute URI of at most 2,048 characters"));
    }

    private List<String> artifacts() throws InvalidRecord {
        JsonNode node = fields.node("artifacts");
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw JsonFields.wrongType("artifacts", node, "an array");
        }
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : node) {
            if (!tag.isTextual() || !ARTIFACT.matcher(tag.textValue()).matches() || tags.size() == MOST_ARTIFACTS) {
                throw new InvalidRecord(RecordError.of(
                        ErrorCode.ARTIFACTS_INVALID,
                        "artifacts",
                        node,
                        "must be at most " + MOST_ARTIFACTS + " tags of 1 to 64 of a-z 0-9 -"));
            }
            tags.add(tag.textValue());
        }
        return tags;
    }

    private @Nullable String rater() throws InvalidRecord {
        String rater = fields.text("rater");
        if (rater != null && !RATER.matcher(rater).matches()) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.RATER_INVALID, "rater", rater, "must be 1 to 128 of A-Z a-z 0-9 . _ : @ -"));
        }
        return rater;
    }

    private @Nullable Instant at() throws InvalidRecord {
        String written = fields.text("at");
        if (written == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(written).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.TIME_INVALID, "at", written, "must be as in 2026-01-31T12:00:00Z (RFC 3339)"));
        }
    }
}
