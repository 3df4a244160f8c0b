package dev.limner.worker.pipeline;

import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.ledger.ResultsHistory;
import dev.limner.worker.ledger.TakeOver;
import dev.limner.worker.ledger.TakeOvers;
import dev.limner.worker.publish.CommitScheduler;
import java.util.List;
import java.util.Set;

/**
 * How a worker begins with partitions: what is done in each is found out first, and marked as held before anything of it
 * is delivered. Control thread only.
 */
final class PartitionTakeOver implements AutoCloseable {
    private final WorkerSettings settings;
    private final JobSource source;
    private final OwnedLedgers ledgers;
    private final CommitScheduler committer;
    private final TakeOvers takeOvers;

    PartitionTakeOver(WorkerSettings settings, JobSource source, OwnedLedgers ledgers, CommitScheduler committer) {
        this.settings = settings;
        this.source = source;
        this.ledgers = ledgers;
        this.committer = committer;
        this.takeOvers = new TakeOvers(new ResultsHistory(
                settings.intake().bootstrap(),
                settings.publish().resultsTopic(),
                settings.intake().client(),
                source::wakeUp));
    }

    /** New partitions are marked as held before anything of them is delivered. */
    void restore() {
        List<PartitionAssignment> found =
                source.assignments().stream().map(settings.faults()::assigned).toList();
        List<TakeOver> settled = takeOvers.settle(found);
        if (settled.isEmpty()) {
            return;
        }
        for (TakeOver known : settled) {
            if (source.begin(known.partition(), known.ownership(), known.topicId(), known.offset())) {
                ledgers.restore(known);
            }
        }
        var unused = committer.publish();
    }

    /** Partitions of which it is not yet known what is done in them. */
    int waiting() {
        return takeOvers.waiting();
    }

    /** Forgets partitions that are no longer owned. */
    void release(Set<PartitionRef> gone) {
        takeOvers.release(gone);
    }

    @Override
    public void close() {
        takeOvers.close();
    }
}
