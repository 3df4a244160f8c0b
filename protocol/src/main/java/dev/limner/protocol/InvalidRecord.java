package dev.limner.protocol;

/** Ends the reading of a record at its first mistake. Carries no stack trace: it is an answer, not a fault. */
final class InvalidRecord extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient RecordError error;

    InvalidRecord(RecordError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    RecordError error() {
        return error;
    }
}
