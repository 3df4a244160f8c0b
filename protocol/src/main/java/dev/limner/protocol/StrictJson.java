package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.text.JsonReasons;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes that strangers send, as a JSON object or as what is wrong with them. */
final class StrictJson {
    /** Most bytes of a record's value. */
    static final int MOST_BYTES = 64 << 10;

    private StrictJson() {}

    /** @throws InvalidRecord if the bytes are anything but one JSON object in UTF-8 */
    static ObjectNode object(byte @Nullable [] value) throws InvalidRecord {
        JsonNode root = parse(value);
        if (!(root instanceof ObjectNode object)) {
            throw new InvalidRecord(RecordError.ofRecord(
                    ErrorCode.NOT_AN_OBJECT, "the record is a JSON " + JsonFields.kind(root) + ", must be an object"));
        }
        return object;
    }

    private static JsonNode parse(byte @Nullable [] value) throws InvalidRecord {
        if (value == null || value.length == 0) {
            throw new InvalidRecord(RecordError.ofRecord(
                    ErrorCode.MALFORMED_JSON, value == null ? "the record has no value" : "the record is empty"));
        }
        if (value.length > MOST_BYTES) {
            throw new InvalidRecord(RecordError.ofRecord(
                    ErrorCode.TOO_LARGE, "the record has " + value.length + " bytes, at most " + MOST_BYTES));
        }
        try {
            // Decoded here and not by Jackson, which would also take UTF-16 and UTF-32 and a byte order mark.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            JsonNode root = Json.STRICT.readTree(text);
            if (root.isMissingNode()) {
                throw new InvalidRecord(
                        RecordError.ofRecord(ErrorCode.MALFORMED_JSON, "the record holds nothing but white space"));
            }
            return root;
        } catch (CharacterCodingException e) {
            throw new InvalidRecord(RecordError.ofRecord(ErrorCode.MALFORMED_JSON, "the record is not UTF-8"));
        } catch (JsonProcessingException e) {
            throw new InvalidRecord(RecordError.ofRecord(codeOf(e), "the record is not JSON: " + JsonReasons.of(e)));
        }
    }

    private static ErrorCode codeOf(JsonProcessingException failure) {
        String message = String.valueOf(failure.getOriginalMessage());
        if (failure instanceof StreamConstraintsException) {
            return message.contains("nesting depth") ? ErrorCode.TOO_DEEP : ErrorCode.TOO_LARGE;
        }
        boolean duplicate = failure instanceof JsonParseException && message.startsWith("Duplicate");
        return duplicate ? ErrorCode.DUPLICATE_FIELD : ErrorCode.MALFORMED_JSON;
    }
}
