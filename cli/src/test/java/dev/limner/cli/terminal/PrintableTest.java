package dev.limner.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    @ParameterizedTest
    @CsvSource({
        "001b, ESC",
        "0007, bell",
        "0008, backspace",
        "007f, delete",
        "009b, one-character CSI",
        "009d, one-character OSC",
        "0085, next line",
        "000a, line feed",
        "000d, carriage return",
        "0009, tab",
        "0000, NUL",
        "202e, right-to-left override",
        "202a, left-to-right embedding",
        "2066, isolate",
        "2069, end of an isolate",
        "200f, right-to-left mark",
        "061c, Arabic letter mark",
        "2028, line separator",
        "2029, paragraph separator",
        "d800, half a character",
        "dfff, the other half"
    })
    void shouldShowWhatATerminalWouldObey(String hex, String name) {
        String hostile = "a" + (char) Integer.parseInt(hex, 16) + "b";

        assertThat(PrintableText.line(hostile)).as(name).isEqualTo("a\\u" + hex + "b");
    }

    @Test
    void shouldLeaveEveryLanguageAlone() {
        String text = "red \u82f9\u679c \u05d0\u05d1 \u0627\u0644 \ud83d\udc08\u200d\u2b1b e\u0301 100%";

        assertThat(PrintableText.line(text)).isSameAs(text);
    }

    @Test
    void shouldShowWhatIsNoUtf8AndWhatIsNotThere() {
        assertThat(PrintableText.line(new byte[] {'a', (byte) 0x9b, (byte) 0xff, 'b'}))
                .isEqualTo("a\ufffd\ufffdb");
        assertThat(PrintableText.line("caf\u00e9".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("caf\u00e9");
        assertThat(PrintableText.line((byte[]) null)).isEqualTo("(none)");
        assertThat(PrintableText.line((String) null)).isEqualTo("(none)");
    }

    @Test
    void shouldCutLongValuesWithANote() {
        String longest = "x".repeat(PrintableText.LONGEST);

        assertThat(PrintableText.line(longest.substring(1))).hasSize(PrintableText.LONGEST - 1);
        assertThat(PrintableText.line(longest)).isEqualTo(longest);
        assertThat(PrintableText.line(longest + "y")).isEqualTo(longest + "... (1 more characters)");
        assertThat(PrintableText.line(longest.substring(1) + "\ud83d\udc08"))
                .as("no character is cut in half")
                .isEqualTo(longest.substring(1) + "... (2 more characters)");
        assertThat(PrintableText.whole(longest + "y\n")).isEqualTo(longest + "y\\u000a");
    }

    @Test
    void shouldKeepTheLinesOfATextAndNothingElse() {
        assertThat(PrintableText.text("a\tb\nc\r\nd\re\u001b[2J")).isEqualTo("a\tb\nc\r\nd\\u000de\\u001b[2J");
    }

    @Test
    void shouldLetNothingThroughHoweverItIsWritten() {
        StringWriter terminal = new StringWriter();
        try (SafePrintWriter out = new SafePrintWriter(new PrintWriter(terminal))) {
            out.println("cat \ud83d\udc08");
            out.print('\u001b');
            out.write(0x9b);
            out.write("\ud83d");
            out.write("\udc08");
            out.write(new char[] {'a', '\r'});
            out.write("\n");
            out.printf("%s%n", "\u202eb");
            out.print("end\r");
        }

        assertThat(terminal.toString())
                .isEqualTo("cat \ud83d\udc08\n\\u001b\\u009b\ud83d\udc08a\r\n\\u202eb\nend\\u000d");
    }

    @Test
    void shouldLetATerminalTakeBackALine() {
        StringWriter terminal = new StringWriter();
        try (SafePrintWriter out = new SafePrintWriter(new PrintWriter(terminal))) {
            out.print("1 done");
            SafePrintWriter.clearLine(out);
            out.print("2 done");
        }

        assertThat(terminal.toString()).isEqualTo("1 done\r\u001b[K2 done");
    }
}
