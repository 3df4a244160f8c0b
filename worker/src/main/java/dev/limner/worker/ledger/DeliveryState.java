package dev.limner.worker.ledger;

/** What a ledger knows of a record that has just been delivered. */
public enum DeliveryState {
    /** To be answered. */
    FRESH,
    /** To be answered, alone on the device and marked as started before: workers died while it was among the oldest. */
    SUSPECT,
    /** To be answered as failed: it was alone on the device when its worker died. */
    CONDEMNED,
    /** Answered already, by whoever owned the partition before. */
    DONE
}
