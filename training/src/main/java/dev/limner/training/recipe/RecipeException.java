package dev.limner.training.recipe;

/** A recipe that cannot be read; the message names the file, the key and the value. */
public final class RecipeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
