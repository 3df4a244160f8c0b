package dev.limner.protocol.text;

/** What a user brought is not the text that is wanted. The message names the file and, where one is at fault, the line. */
public final class TextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TextException(String message) {
        super(message);
    }
}
