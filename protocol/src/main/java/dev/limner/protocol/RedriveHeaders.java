package dev.limner.protocol;

import java.util.List;

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

    /** How often a job was sent again from the dead letters; 0 for one as its producer sent it. */
    public static int count(List<RecordHeader> headers) {
        return RecordHeader.last(headers, REDRIVE)
                .filter(written -> written.matches("[1-9][0-9]{0,5}"))
                .map(Integer::parseInt)
                .orElse(0);
    }
}
