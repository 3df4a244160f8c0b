package dev.limner.generator.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The part of JPEG's container that carries text: comment segments (ITU T.81, B.2.4.5). */
final class JpegComments {
    private static final int START = 0xFFD8;
    private static final int COMMENT = 0xFFFE;
    private static final int SCAN = 0xFFDA;
    private static final int HEAD = 4;

    private JpegComments() {}

    /** The first comment before the image data. Never throws, whatever the bytes. */
    static Optional<String> first(byte[] jpeg) {
        if (jpeg.length < HEAD || word(jpeg, 0) != START) {
            return Optional.empty();
        }
        int at = 2;
        while (at + HEAD <= jpeg.length) {
            int marker = word(jpeg, at);
            int length = word(jpeg, at + 2);
            if (marker == SCAN || marker >> Byte.SIZE != 0xFF || length < 2 || at + 2 + length > jpeg.length) {
                return Optional.empty();
            }
            if (marker == COMMENT) {
                return Optional.of(new String(jpeg, at + HEAD, length - 2, StandardCharsets.UTF_8));
            }
            at += 2 + length;
        }
        return Optional.empty();
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << Byte.SIZE | (bytes[at + 1] & 0xFF);
    }
}
