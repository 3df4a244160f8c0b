package dev.limner.protocol.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text as users bring it: UTF-8 with or without a byte order mark, at the start or, as {@code cat} leaves it, at the start of
 * a later line; lines end with LF, CRLF or CR. Nothing is replaced: bytes that are no UTF-8 are an error of their line, and
 * what is no such text at all (UTF-16, something compressed) is an error of the whole. Stateless.
 */
public final class TextFile {
    /** The byte order mark as a character: no text needs it. */
    private static final char MARK = '\uFEFF';

    private TextFile() {}

    /**
     * The lines of a text, those that cannot be read among them.
     *
     * @param source as errors name it
     * @throws TextException if the bytes as a whole are something else
     */
    public static List<TextLine> lines(byte[] bytes, String source) {
        refuseOthers(bytes, source);
        List<TextLine> lines = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            lines.add(line(lines.size() + 1, ByteBuffer.wrap(bytes, start, end - start)));
            boolean two = end + 1 < bytes.length && bytes[end] == '\r' && bytes[end + 1] == '\n';
            start = end + (two ? 2 : 1);
        }
        return lines;
    }

    /**
     * The lines of a text that must be whole.
     *
     * @throws TextException naming the source and the first line that cannot be read
     */
    public static List<String> wholeLines(byte[] bytes, String source) {
        List<String> lines = new ArrayList<>();
        for (TextLine line : lines(bytes, source)) {
            switch (line) {
                case TextLine.Good(int number, String text) -> lines.add(text);
                case TextLine.Bad(int number, String reason) ->
                    throw new TextException(source + " line " + number + ": " + reason);
            }
        }
        return lines;
    }

    /**
     * The lines of a file that must be whole.
     *
     * @throws TextException naming the file and the first line that cannot be read
     */
    public static List<String> wholeLines(Path file) throws IOException {
        return wholeLines(Files.readAllBytes(file), file.toString());
    }

    /**
     * A text that must be whole, every line ended by LF.
     *
     * @throws TextException naming the source and the first line that cannot be read
     */
    public static String whole(byte[] bytes, String source) {
        StringBuilder text = new StringBuilder();
        wholeLines(bytes, source).forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * A file that must be whole, every line ended by LF.
     *
     * @throws TextException naming the file and the first line that cannot be read
     */
    public static String whole(Path file) throws IOException {
        return whole(Files.readAllBytes(file), file.toString());
    }

    /** Whether a text has lost characters before it came here: U+FFFD is what decoders put where they could not read. */
    public static boolean hasLostCharacters(String text) {
        return text.indexOf('\uFFFD') >= 0;
    }

    private static TextLine line(int number, ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer decoded = CharBuffer.allocate(bytes.remaining());
        CoderResult result = decoder.decode(bytes, decoded, true);
        decoded.flip();
        int from = 0;
        while (from < decoded.length() && decoded.charAt(from) == MARK) {
            from++;
        }
        if (result.isError()) {
            String text = decoded.toString().substring(from);
            return new TextLine.Bad(
                    number,
                    "not UTF-8: byte 0x" + HexFormat.of().withUpperCase().toHexDigits(bytes.get(bytes.position()))
                            + " at column " + (text.codePointCount(0, text.length()) + 1));
        }
        String text = decoded.subSequence(from, decoded.length()).toString();
        int nul = text.indexOf('\0');
        return nul < 0
                ? new TextLine.Good(number, text)
                : new TextLine.Bad(number, "a NUL character at column " + (text.codePointCount(0, nul) + 1));
    }

    /** What other programs write where text is asked for has bytes of its own at the start. */
    private static void refuseOthers(byte[] bytes, String source) {
        String other = other(bytes);
        if (other != null) {
            throw new TextException(source + " is " + other + ", must be text in UTF-8");
        }
    }

    private static @Nullable String other(byte[] bytes) {
        if (starts(bytes, 0xFF, 0xFE, 0, 0) || starts(bytes, 0, 0, 0xFE, 0xFF)) {
            return "UTF-32";
        }
        if (starts(bytes, 0xFF, 0xFE) || starts(bytes, 0xFE, 0xFF)) {
            return "UTF-16";
        }
        if (starts(bytes, 0x1F, 0x8B)) {
            return "compressed with gzip";
        }
        if (starts(bytes, 'P', 'K', 3, 4)) {
            return "a ZIP archive or an office document";
        }
        // Without a mark every other byte of what Europeans write is zero.
        boolean big = bytes.length >= 2 && bytes[0] == 0 && bytes[1] != 0;
        boolean little = bytes.length >= 2 && bytes[0] != 0 && bytes[1] == 0;
        return big || little ? "UTF-16 without a byte order mark" : null;
    }

    private static boolean starts(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        byte[] wanted = new byte[start.length];
        for (int i = 0; i < start.length; i++) {
            wanted[i] = (byte) start[i];
        }
        return Arrays.equals(bytes, 0, start.length, wanted, 0, start.length);
    }
}
