package dev.limner.worker.intake;

import java.util.Set;

/** Told when partitions come and go, on the control thread, inside a poll. */
public interface OwnershipListener {
    /** They are about to be somebody else's: commit what is stored, now, then forget them. */
    void revoked(Set<PartitionRef> partitions);

    /** They are somebody else's already: forget them. */
    void lost(Set<PartitionRef> partitions);
}
