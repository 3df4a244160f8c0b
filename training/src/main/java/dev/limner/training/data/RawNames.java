package dev.limner.training.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** Names of files that are bytes in no encoding that is known. */
final class RawNames {
    private RawNames() {}

    /** As UTF-8, and each byte that is none as <code>&#92;xE4</code>. */
    static String readable(byte[] name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(name);
        StringBuilder readable = new StringBuilder();
        while (true) {
            CharBuffer out = CharBuffer.allocate(in.remaining());
            CoderResult result = decoder.reset().decode(in, out, true);
            readable.append(out.flip());
            if (!result.isError()) {
                return readable.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                readable.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(in.get()));
            }
        }
    }

    /** A file's path from a folder; of a path whose bytes are no UTF-8, the JVM's own text is the same for several. */
    static String relative(Path folder, Path file) {
        String plain = folder.relativize(file).toString();
        if (plain.indexOf('\uFFFD') < 0) {
            return plain;
        }
        byte[] above = bytes(folder);
        byte[] whole = bytes(file);
        int from = above.length + (above.length > 0 && above[above.length - 1] == '/' ? 0 : 1);
        return readable(Arrays.copyOfRange(whole, Math.min(from, whole.length), whole.length));
    }

    /** An absolute path's bytes, which only its URI gives away. */
    private static byte[] bytes(Path path) {
        String uri = path.toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
