package dev.limner.protocol;

/** Ends the reading of a job at its first mistake. Carries no stack trace: it is an answer, not a fault. */
final class InvalidJob extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient JobError error;

    InvalidJob(JobError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    JobError error() {
        return error;
    }
}
