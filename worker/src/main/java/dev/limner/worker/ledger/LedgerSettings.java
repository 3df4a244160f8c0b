package dev.limner.worker.ledger;

/**
 * How ledgers are written.
 *
 * @param version 1; or 2, which releases before this one cannot read; or 0 for offsets without a ledger: results are then
 *     published in the order of delivery and jobs that kill their worker are not found, but workers of releases before
 *     the ledger can take over
 * @param softCap characters of metadata at which a partition pauses until its oldest job is done
 * @param hardCap characters that are never exceeded; 4,097 would kill the producer
 */
public record LedgerSettings(int version, int softCap, int hardCap) {
    /** What workers use. */
    public static final LedgerSettings DEFAULT = new LedgerSettings(1, 1 << 10, 7 << 9);

    /** What a new owner may add to a ledger that is at its hard cap: the counters of an unclean take-over. */
    private static final int LEEWAY = 64;

    public LedgerSettings {
        if (version < 0 || version > LedgerCodec.NEWEST) {
            throw new IllegalArgumentException(
                    "limner.worker.ledger-version is " + version + ", must be 0, 1 or " + LedgerCodec.NEWEST);
        }
        if (softCap < 1 || hardCap < softCap || hardCap > LedgerCodec.LARGEST - LEEWAY) {
            throw new IllegalArgumentException("a soft cap of " + softCap + " and a hard cap of " + hardCap);
        }
    }

    /** The same caps, another version. */
    public LedgerSettings withVersion(int other) {
        return new LedgerSettings(other, softCap, hardCap);
    }

    boolean ordered() {
        return version == 0;
    }
}
