package dev.limner.protocol.text;

/** A line of a text, or of what was meant to be one. Lines are counted from 1. */
public sealed interface TextLine {
    int number();

    /**
     * A line of characters.
     *
     * @param text without its line break and without a byte order mark
     */
    record Good(int number, String text) implements TextLine {}

    /**
     * A line of bytes that are no characters.
     *
     * @param reason for people; does not name the line
     */
    record Bad(int number, String reason) implements TextLine {}
}
