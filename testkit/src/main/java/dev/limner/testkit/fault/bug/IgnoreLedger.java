package dev.limner.testkit.fault.bug;

import dev.limner.worker.intake.PartitionAssignment;

/** What the owner before has done beyond the committed offset is done again. */
public final class IgnoreLedger implements SeededBug {
    @Override
    public PartitionAssignment assigned(PartitionAssignment assignment) {
        return new PartitionAssignment(
                assignment.partition(),
                assignment.ownership(),
                assignment.committed(),
                "",
                assignment.begin(),
                assignment.end(),
                assignment.topicId(),
                assignment.recreated(),
                assignment.own());
    }
}
