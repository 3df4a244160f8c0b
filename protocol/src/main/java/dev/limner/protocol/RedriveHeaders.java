package dev.limner.protocol;

/**
 * The headers of a job record that was sent again from a dead letter. The value and the other headers are the original's.
 */
public final class RedriveHeaders {
    /** How often the job has been sent again: 1 for the first time. Echoed in its result. */
    public static final String REDRIVE = "limner-redrive";

    /** The record the job came in first, {@code topic-partition@offset}: a job without an id of its own keeps its id. */
    public static final String ORIGIN = "limner-redrive-origin";

    /** The dead letter, {@code topic-partition@offset}: none is sent again twice. */
    public static final String LETTER = "limner-redrive-letter";

    private RedriveHeaders() {}
}
