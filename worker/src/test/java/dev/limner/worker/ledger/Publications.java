package dev.limner.worker.ledger;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.job.Publication;
import java.time.Instant;
import java.util.List;

/** Results that hold nothing but an id. */
final class Publications {
    private Publications() {}

    static Publication of(String id) {
        Result result = new Result(
                id, new Outcome.Expired(Instant.EPOCH), null, null, null, null, 0, 1, "w", null, null, null, List.of());
        return new Publication(result, new OriginalRecord(null, null, List.of(), 0), id, null, null);
    }
}
