package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.job.Publication;
import java.util.List;
import java.util.Map;

/**
 * What one transaction holds: results and the offsets and ledgers that say their jobs are done.
 *
 * @param publications of all partitions
 * @param commits for each partition with news, among them every partition of a publication
 */
public record PendingTransaction(List<Publication> publications, Map<PartitionRef, Commit> commits) {
    public PendingTransaction {
        publications = List.copyOf(publications);
        commits = Map.copyOf(commits);
    }

    public boolean isEmpty() {
        return commits.isEmpty();
    }

    /**
     * A partition's news.
     *
     * @param offset behind the done prefix
     * @param metadata the ledger of what is done beyond; unlike any other transaction's
     */
    public record Commit(long offset, String metadata) {}
}
