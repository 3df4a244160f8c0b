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

    /** How many bytes the value had, if the letter holds only its beginning. */
    public static final String CUT_FROM = "limner-cut-from";

    /** How many of the original's headers were forged or too large to copy; absent for none. */
    public static final String DROPPED_HEADERS = "limner-dropped-headers";

    /** How often the letter's job had been sent again already; absent for none. */
    public static final String REDRIVE = RedriveHeaders.REDRIVE;

    /** The record the letter's job came in first, if it had been sent again; absent otherwise. */
    public static final String REDRIVE_ORIGIN = RedriveHeaders.ORIGIN;

    private DeadLetterHeaders() {}
}
