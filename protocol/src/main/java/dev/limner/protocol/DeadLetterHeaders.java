package dev.limner.protocol;

/**
 * The headers a dead letter carries beside the original's own. Headers of these names on the original are dropped, so
 * that nobody can forge a reason.
 */
public final class DeadLetterHeaders {
    /** What all of them start with. */
    public static final String PREFIX = "limner-";

    /** The error's code, a colon and its message. */
    public static final String REASON = "limner-reason";

    /** {@code topic-partition@offset}. */
    public static final String ORIGIN = "limner-origin";

    /** How often the job was tried. */
    public static final String ATTEMPTS = "limner-attempts";

    /** When, RFC 3339. */
    public static final String AT = "limner-at";

    /** Where the whole value is, if the letter holds only its beginning. */
    public static final String OBJECT = "limner-object";

    /** How many of the original's headers were forged or too large to copy; absent for none. */
    public static final String DROPPED_HEADERS = "limner-dropped-headers";

    private DeadLetterHeaders() {}
}
