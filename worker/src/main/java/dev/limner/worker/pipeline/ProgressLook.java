package dev.limner.worker.pipeline;

import dev.limner.store.OutageBreaker;
import dev.limner.worker.health.ProgressWatch;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.PartitionDamage;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.CommitScheduler;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers what the control thread can see of the worker's progress, for {@link ProgressWatch}. Control thread only. */
final class ProgressLook {
    private final JobSource source;
    private final OwnedLedgers ledgers;
    private final GenerationPipeline pipeline;
    private final List<OutageBreaker> breakers;
    private final CommitScheduler committer;
    private final ProgressWatch progress;
    private final WorkerMetrics metrics;

    /** @param breakers of what every job needs */
    ProgressLook(
            JobSource source,
            OwnedLedgers ledgers,
            GenerationPipeline pipeline,
            List<OutageBreaker> breakers,
            CommitScheduler committer,
            ProgressWatch progress,
            WorkerMetrics metrics) {
        this.source = source;
        this.ledgers = ledgers;
        this.pipeline = pipeline;
        this.breakers = List.copyOf(breakers);
        this.committer = committer;
        this.progress = progress;
        this.metrics = metrics;
    }

    /** The control thread has gone round once more; from time to time that is worth a closer look. */
    void round() {
        if (progress.round()) {
            look();
        }
    }

    private void look() {
        Set<String> obstacles = new LinkedHashSet<>(committer.obstacles());
        source.refusal().ifPresent(obstacles::add);
        List<PartitionDamage> damages = source.damages();
        damages.forEach(damage -> obstacles.add(damage.sentence()));
        ProgressWatch.Findings found = progress.look(new ProgressWatch.Sight(
                source.partitions(),
                ledgers.owned(),
                ledgers.oldest(),
                pipeline.idle() && !outage(),
                source.receivedBytes(),
                committer.state(),
                obstacles,
                pipeline.stages()));
        metrics.still(found.still());
        metrics.unknown(found.unknown());
        metrics.unreadable(
                damages.stream().collect(Collectors.toMap(PartitionDamage::partition, PartitionDamage::since)));
    }

    /** Whether something that every job needs is unavailable. */
    boolean outage() {
        return breakers.stream().anyMatch(OutageBreaker::open);
    }
}
