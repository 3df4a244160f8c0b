package dev.limner.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileTest {
    @ParameterizedTest
    @ValueSource(strings = {"red\ngreen\n\nblue", "red\r\ngreen\r\n\r\nblue\r\n", "red\rgreen\r\rblue"})
    void shouldKnowTheLineEndsOfEverySystem(String text) {
        assertThat(TextFile.wholeLines(bytes(text), "a.txt")).containsExactly("red", "green", "", "blue");
    }

    @Test
    void shouldDropByteOrderMarksAlsoWhereFilesWerePutTogether() {
        assertThat(TextFile.wholeLines(bytes("\uFEFFred\n\uFEFFgr\uFEFFeen\n\uFEFF\uFEFF"), "a.txt"))
                .containsExactly("red", "gr\uFEFFeen", "");
    }

    @Test
    void shouldNameFileLineAndColumnOfWhatIsNotUtf8() {
        assertThatThrownBy(() -> TextFile.wholeLines("rot\ngr\u00fcn".getBytes(StandardCharsets.ISO_8859_1), "a.txt"))
                .isInstanceOf(TextException.class)
                .hasMessage("a.txt line 2: not UTF-8: byte 0xFC at column 3");
        // One half of a surrogate pair in three bytes, an overlong slash, a character that is cut.
        for (byte[] bad : new byte[][] {
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, {(byte) 0xC0, (byte) 0xAF}, {'a', (byte) 0xE2, (byte) 0x82}
        }) {
            assertThatThrownBy(() -> TextFile.whole(bad, "a.txt"))
                    .hasMessageStartingWith("a.txt line 1: not UTF-8: byte 0x");
        }
    }

    @Test
    void shouldReadTheOtherLinesOfAFileWithABadOne() {
        assertThat(TextFile.lines("a\n\u00e4\nb".getBytes(StandardCharsets.ISO_8859_1), "a.txt"))
                .containsExactly(
                        new TextLine.Good(1, "a"),
                        new TextLine.Bad(2, "not UTF-8: byte 0xE4 at column 1"),
                        new TextLine.Good(3, "b"));
    }

    @Test
    void shouldSayWhatItIsThatIsNoText() throws IOException {
        assertRefused("\uFEFFred".getBytes(StandardCharsets.UTF_16LE), "UTF-16");
        assertRefused("\uFEFFred".getBytes(StandardCharsets.UTF_16BE), "UTF-16");
        assertRefused("red".getBytes(StandardCharsets.UTF_16LE), "UTF-16 without a byte order mark");
        assertRefused("red".getBytes(StandardCharsets.UTF_16BE), "UTF-16 without a byte order mark");
        assertRefused(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0, 'r', 0, 0, 0}, "UTF-32");
        assertRefused(new byte[] {'P', 'K', 3, 4, 20}, "a ZIP archive or an office document");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes("red"));
        }
        assertRefused(packed.toByteArray(), "compressed with gzip");
        assertThatThrownBy(() -> TextFile.whole(bytes("red\ngr\0een"), "a.txt"))
                .hasMessage("a.txt line 2: a NUL character at column 3");
    }

    @Test
    void shouldTakeAnEmptyFileForNoLines() {
        assertThat(TextFile.wholeLines(new byte[0], "a.txt")).isEmpty();
        assertThat(TextFile.wholeLines(bytes("\uFEFF"), "a.txt")).containsExactly("");
    }

    private static void assertRefused(byte[] bytes, String as) {
        assertThatThrownBy(() -> TextFile.lines(bytes, "a.txt"))
                .isInstanceOf(TextException.class)
                .hasMessage("a.txt is " + as + ", must be text in UTF-8");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
