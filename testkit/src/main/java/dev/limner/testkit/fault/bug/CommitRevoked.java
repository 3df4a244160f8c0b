package dev.limner.testkit.fault.bug;

import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionRef;
import java.util.Set;

/** Outcomes of partitions that belong to somebody else are published: nobody hears that they are gone. */
public final class CommitRevoked implements SeededBug {
    @Override
    public OwnershipListener ownership(OwnershipListener listener) {
        return new OwnershipListener() {
            @Override
            public void revoked(Set<PartitionRef> partitions) {}

            @Override
            public void lost(Set<PartitionRef> partitions) {}
        };
    }
}
