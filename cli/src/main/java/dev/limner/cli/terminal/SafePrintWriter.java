package dev.limner.cli.terminal;

import dev.limner.protocol.text.PrintableText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * What commands print to: nothing that a terminal obeys gets through but line breaks and tabs, whoever made the text and
 * whichever command forgot to ask. See {@link PrintableText#text}; JSON stays the same JSON.
 */
public final class SafePrintWriter extends PrintWriter {
    private final PrintWriter raw;

    public SafePrintWriter(PrintWriter raw) {
        super(new Escaping(raw), true);
        this.raw = raw;
    }

    /** For what this program itself wants a terminal to obey. */
    public PrintWriter raw() {
        return raw;
    }

    /** Takes back the line that is being shown on a terminal, so that the next print takes its place. */
    public static void clearLine(PrintWriter terminal) {
        PrintWriter out = terminal instanceof SafePrintWriter safe ? safe.raw : terminal;
        out.print("\r\u001b[K");
    }

    private static final class Escaping extends FilterWriter {
        private char pending;

        Escaping(Writer out) {
            super(out);
        }

        @Override
        public void write(int character) throws IOException {
            write(String.valueOf((char) character), 0, 1);
        }

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            write(new String(characters, offset, length), 0, length);
        }

        /** The two halves of a character, or a line break's, may come in two calls. */
        @Override
        public void write(String text, int offset, int length) throws IOException {
            if (length == 0) {
                return;
            }
            String whole = (pending == 0 ? "" : String.valueOf(pending)) + text.substring(offset, offset + length);
            char last = whole.charAt(whole.length() - 1);
            boolean half = Character.isHighSurrogate(last) || last == '\r';
            pending = half ? last : 0;
            out.write(PrintableText.text(half ? whole.substring(0, whole.length() - 1) : whole));
        }

        @Override
        public void close() throws IOException {
            if (pending != 0) {
                out.write(PrintableText.line(String.valueOf(pending)));
                pending = 0;
            }
            super.close();
        }
    }
}
