package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A second reader of what an image's file says of its origin, written from the formats' descriptions. */
final class ImageText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PNG_START = 8;
    private static final int ITXT = 0x69545874;
    private static final String KEYWORD = "Limner\0";
    /** Uncompressed, method, and two empty texts with their ends. */
    private static final int ITXT_HEAD = KEYWORD.length() + 4;

    private static final int JPEG_COMMENT = 0xFE;

    private ImageText() {}

    /** The JSON in a PNG's text chunk or a JPEG's comment; a missing node if there is none. */
    static JsonNode read(byte[] file) {
        String text = file[0] == (byte) 0xFF ? jpeg(ByteBuffer.wrap(file)) : png(ByteBuffer.wrap(file));
        try {
            return text.isEmpty() ? JSON.missingNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    private static String png(ByteBuffer file) {
        file.position(PNG_START);
        while (file.remaining() >= 12) {
            byte[] data = new byte[file.getInt()];
            int type = file.getInt();
            file.get(data).getInt();
            String text = new String(data, StandardCharsets.UTF_8);
            if (type == ITXT && text.startsWith(KEYWORD)) {
                return text.substring(ITXT_HEAD);
            }
        }
        return "";
    }

    private static String jpeg(ByteBuffer file) {
        file.position(2);
        while (file.remaining() >= 4 && file.get() == (byte) 0xFF) {
            int marker = file.get() & 0xFF;
            byte[] data = new byte[(file.getShort() & 0xFFFF) - 2];
            file.get(data);
            if (marker == JPEG_COMMENT) {
                return new String(data, StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
