package dev.limner.worker.ledger;

/** Offset metadata that this build cannot read; what it says is done is done again. */
final class UnreadableLedger extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableLedger(String message) {
        super(message);
    }
}
