package dev.limner.cli.terminal;

/** Numbers with their nouns: {@code 1 job}, {@code 2 jobs}. */
public final class CountedNoun {
    private CountedNoun() {}

    /** @param noun in the singular; its plural is it with an s */
    public static String of(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
