package dev.limner.worker.pipeline;

import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.health.ProgressWatch;
import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.publish.CommitScheduler;
import dev.limner.worker.publish.LastCommit;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a worker lets go: of some partitions that become another worker's, or of all of them when it stops. What is on its
 * way is finished and published within a time; what only waits is left for the next owner. Control thread only.
 */
final class PartitionHandOver {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionHandOver.class);
    /** Brokers that are silent already are given this part of a shutdown to come back. */
    private static final int SILENCE_DIVIDES = 4;

    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(3);
    /** A group that does not hear from this member is not to be left politely. */
    private static final Duration LEAVE_IN_SILENCE = Duration.ofMillis(500);

    private final WorkerSettings settings;
    private final JobSource source;
    private final OwnedLedgers ledgers;
    private final CommitScheduler committer;
    private final BatchDispatcher dispatcher;
    private final GenerationPipeline pipeline;
    private final CompletionQueue completions;
    private final ProgressWatch progress;
    private final Runnable collect;
    private final Set<String> everything;
    private boolean closing;

    /** @param collect takes what the stages have handed back into the ledgers */
    PartitionHandOver(
            WorkerSettings settings,
            JobSource source,
            OwnedLedgers ledgers,
            CommitScheduler committer,
            BatchDispatcher dispatcher,
            GenerationPipeline pipeline,
            CompletionQueue completions,
            ProgressWatch progress,
            Runnable collect) {
        this.settings = settings;
        this.source = source;
        this.ledgers = ledgers;
        this.committer = committer;
        this.dispatcher = dispatcher;
        this.pipeline = pipeline;
        this.completions = completions;
        this.progress = progress;
        this.collect = collect;
        this.everything = Set.copyOf(settings.intake().topics());
    }

    /**
     * Partitions are about to be somebody else's: jobs of theirs that are on their way are finished and committed, if
     * that takes no longer than it may.
     *
     * @param stopping what a shutdown has left; null if there is none
     */
    void revoked(Set<PartitionRef> partitions, @Nullable StopBudget stopping) {
        if (closing) {
            return;
        }
        Duration limit = settings.limits().revoke();
        StopBudget time = new StopBudget(stopping == null ? limit : stopping.atMost(limit));
        int waitingOnly = dispatcher.release(partitions);
        collect.run();
        while (!time.left().isZero() && (committer.busy() || onTheirWay(partitions, stopping, waitingOnly))) {
            listen();
            collect.run();
        }
        if (committer.busy()) {
            // Whatever becomes of it, the next owner hears of it from the brokers.
            LOG.atWarn().addKeyValue("partitions", partitions).log("given away while a publication is on its way");
            return;
        }
        ledgers.letGo(partitions);
        if (!LastCommit.made(committer, time, this::listen)) {
            LOG.atWarn().addKeyValue("partitions", partitions).log("commit before letting go failed");
        }
    }

    /** Whether outcomes are to be expected. A stopping worker has emptied its lanes: only the pipeline still gives any. */
    private boolean onTheirWay(Set<PartitionRef> partitions, @Nullable StopBudget stopping, int waitingOnly) {
        return stopping == null ? ledgers.unfinished(partitions) > waitingOnly : !pipeline.idle();
    }

    /** Finishes what is on its way and publishes it; what only waits is left for whoever owns the partitions next. */
    void drain(StopBudget stopping) {
        LOG.atInfo().addKeyValue("worker", settings.name()).log("stopping");
        dispatcher.release(ledgers.owned());
        Duration forWork = stopping.leftForWork();
        StopBudget time = new StopBudget(progress.brokersAnswer() ? forWork : forWork.dividedBy(SILENCE_DIVIDES));
        while (!time.left().isZero() && (!pipeline.idle() || committer.busy())) {
            pollNothing();
            collect.run();
            if (!committer.busy()) {
                committer.publishIfDue(!pipeline.idle());
            }
        }
        collect.run();
        if (!committer.busy()) {
            ledgers.letGo(ledgers.owned());
            while (!time.left().isZero() && committer.passable() && !committer.publish()) {
                pollNothing();
            }
        }
        LOG.atInfo()
                .addKeyValue("worker", settings.name())
                .addKeyValue("unfinished", ledgers.unfinished())
                .addKeyValue("leftMillis", stopping.left().toMillis())
                .addKeyValue("imagesGenerated", pipeline.generatedImages())
                .addKeyValue("imagesDrawn", pipeline.generatedImages()) // its name in earlier releases
                .addKeyValue("imagesPublished", committer.imagesDone())
                .log("stopped");
    }

    /** Polling continues so that the group keeps this member; what a rebalance might bring in is not taken. */
    private void pollNothing() {
        listen();
        var ignored = source.poll(Duration.ZERO, everything, Set.of());
    }

    /** Waits a moment. However long a departure may take, the control thread is not stuck. */
    private void listen() {
        completions.await(LastCommit.LOOK_EVERY);
        completions.awaken();
        if (progress.round()) {
            progress.heard(source.receivedBytes());
        }
    }

    /**
     * Closes everything of the control thread's.
     *
     * @return whether the pipeline's threads have ended; if not, what they use must not be closed
     */
    boolean close(StopBudget time) {
        closing = true;
        dispatcher.close();
        // The group first: it need not wait for a device that is at its last batch.
        source.close(time.atMost(progress.brokersAnswer() ? LEAVE_WITHIN : LEAVE_IN_SILENCE));
        committer.close(time);
        return pipeline.close(time);
    }
}
