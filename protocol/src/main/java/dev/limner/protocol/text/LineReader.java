package dev.limner.protocol.text;

import java.io.Reader;
import java.util.List;

/** Lines from one on as a stream of characters, each ended by LF, up to one that cannot be read. */
final class LineReader extends Reader {
    private final List<TextLine> lines;
    private int next;
    private String current = "";
    private int at;

    LineReader(List<TextLine> lines, int first) {
        this.lines = lines;
        this.next = first;
    }

    /** A readable line's text, the line counted from 0. */
    String line(int index) {
        return index < lines.size() && lines.get(index) instanceof TextLine.Good(int number, String text) ? text : "";
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
        if (at == current.length()) {
            if (next == lines.size() || !(lines.get(next) instanceof TextLine.Good(int number, String text))) {
                return -1;
            }
            current = text + '\n';
            at = 0;
            next++;
        }
        int count = Math.min(length, current.length() - at);
        current.getChars(at, at + count, buffer, offset);
        at += count;
        return count;
    }

    @Override
    public void close() {}
}
