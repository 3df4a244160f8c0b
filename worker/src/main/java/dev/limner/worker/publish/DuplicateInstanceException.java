package dev.limner.worker.publish;

/** Two live workers carry one name and fence each other; this one must go. */
public final class DuplicateInstanceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DuplicateInstanceException(String transactionalId, Throwable cause) {
        super(
                "another live worker uses the transactional id '" + transactionalId
                        + "'; give every worker a limner.worker.name of its own",
                cause);
    }
}
