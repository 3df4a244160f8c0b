package dev.limner.generator.network;

/** Errors that name a key, its value and what it may be. */
public final class Ranges {
    private Ranges() {}

    /** @throws IllegalArgumentException if the value is under {@code least} or over {@code most} */
    public static void between(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + ", must be from " + least + " to " + most);
        }
    }
}
