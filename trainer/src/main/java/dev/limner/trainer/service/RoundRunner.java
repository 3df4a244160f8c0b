package dev.limner.trainer.service;

import ai.djl.Device;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.trainer.fault.KillPoint;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.trainer.registry.TrainerLease;
import dev.limner.training.finetune.DutyCycle;
import dev.limner.training.finetune.FineTuningData;
import dev.limner.training.finetune.FineTuningRound;
import dev.limner.training.finetune.Lineage;
import dev.limner.training.finetune.RoundListener;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.RoundHistory;
import dev.limner.training.replay.RoundRecord;
import dev.limner.training.step.StepReport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds one after the other on a thread of its own, and continues with the one that was under way when the process was
 * killed. A candidate that passes goes to the store, then to the fleet.
 */
final class RoundRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoundRunner.class);

    private final RoundSettings settings;
    private final FineTuningData material;
    private final ReplayBuffer replay;
    private final RoundHistory rounds;
    private final ModelRegistry registry;
    private final BundleStore store;
    private final String model;
    private final Device device;
    private final Clock clock;
    private final TrainerFaultPoints faults;
    private final TrainerLease lease;
    private final ExecutorService thread;
    private volatile boolean busy;
    private volatile boolean stopping;
    private volatile String stage = "idle";
    private volatile int step;
    private volatile int steps;
    /** Of the round thread: what the gate has judged in the round under way. */
    private @Nullable String judged;

    RoundRunner(
            RoundSettings settings,
            FineTuningData material,
            ReplayBuffer replay,
            ModelRegistry registry,
            BundleStore store,
            String model,
            Device device,
            Clock clock,
            TrainerFaultPoints faults,
            TrainerLease lease,
            FatalErrors errors) {
        this.settings = settings;
        this.material = material;
        this.replay = replay;
        this.rounds = replay.rounds();
        this.registry = registry;
        this.store = store;
        this.model = model;
        this.device = device;
        this.clock = clock;
        this.faults = faults;
        this.lease = lease;
        this.thread = Executors.newSingleThreadExecutor(errors.factory("limner-round"));
        rounds.running().ifPresent(this::submit);
    }

    /** Why no round can start now; empty if one can. */
    private Optional<String> hindrance(ModelRecord record) {
        if (!lease.check()) {
            return Optional.of("another trainer of this model was started, "
                    + lease.successor().orElse("which is not known") + ": this one tunes nothing any more");
        }
        if (busy) {
            return Optional.of("a round is under way");
        }
        if (record.canary() != null) {
            return Optional.of("there is a canary");
        }
        return Optional.empty();
    }

    /** Starts a round if enough is new; called now and then with what is live. */
    void consider(ModelRecord record) {
        long learned = rounds.learnedUpTo();
        long fresh = replay.countAfter(learned);
        int after = settings.after();
        Optional<Instant> last = rounds.all().stream().findFirst().map(RoundRecord::started);
        boolean due = settings.every()
                .filter(every -> fresh > 0
                        && last.map(at -> at.plus(every).isBefore(clock.instant()))
                                .orElse(true))
                .isPresent();
        if ((after > 0 && fresh >= after) || due) {
            if (hindrance(record).isEmpty()) {
                start(fresh + " new opinions", record);
            }
        }
    }

    /**
     * Starts a round by hand.
     *
     * @throws IllegalStateException saying why none can start
     */
    RoundRecord start(String trigger) {
        ModelRecord record = registry.current(model)
                .orElseThrow(() -> new IllegalStateException("the model " + model + " was never announced"));
        Optional<String> hindrance = hindrance(record);
        if (hindrance.isPresent()) {
            throw new IllegalStateException(hindrance.get());
        }
        return start(trigger, record);
    }

    private synchronized RoundRecord start(String trigger, ModelRecord record) {
        long upTo = replay.last();
        long number = rounds.all().stream().mapToLong(RoundRecord::id).max().orElse(0) + 1;
        RoundRecord round =
                rounds.start(trigger, record.live().digest(), upTo, settings.seed() * 1000 + number, clock.instant());
        faults.reached(KillPoint.ROUND_STARTED);
        submit(round);
        return round;
    }

    private void submit(RoundRecord round) {
        busy = true;
        thread.execute(() -> {
            try {
                run(round);
            } catch (TrainerLease.Lost e) {
                // The round stays as it is; whoever continues with this trainer's state continues with it.
                LOG.atError()
                        .addKeyValue("round", round.id())
                        .addKeyValue("error", e.getMessage())
                        .log("round left alone");
            } catch (RuntimeException e) {
                if (!stopping) {
                    failed(round, e);
                }
            } catch (Error e) {
                // Else it would count as under way for ever, beside those that follow.
                failed(round, e);
                throw e;
            } finally {
                stage = "idle";
                busy = false;
            }
        });
    }

    private void failed(RoundRecord round, Throwable failure) {
        LOG.atError().addKeyValue("round", round.id()).setCause(failure).log("round failed");
        try {
            rounds.save(round.ended(
                    RoundRecord.State.FAILED, judged, List.of(String.valueOf(failure.getMessage())), clock.instant()));
        } catch (RuntimeException e) {
            // It counts as under way until the next start, which continues with it.
            LOG.atError().addKeyValue("round", round.id()).setCause(e).log("the failure of a round cannot be recorded");
        }
    }

    /** Steps of the round under way or the last one; 0 until it tunes. */
    int steps() {
        return steps;
    }

    /** Where everything of a round lies. */
    Path folder(long id) {
        return settings.state().resolve("rounds").resolve(String.valueOf(id));
    }

    private void run(RoundRecord round) {
        judged = null;
        lease.require();
        LOG.atInfo()
                .addKeyValue("round", round.id())
                .addKeyValue("model", model + "@" + round.parent())
                .addKeyValue("trigger", round.trigger())
                .log("round started");
        FineTuningRound.Outcome outcome = faults.ended(new FineTuningRound(
                        material,
                        settings.tuning(),
                        device,
                        new DutyCycle(settings.share()),
                        folder(round.id()),
                        new Progress(round))
                .run(round, Lineage.of(store, model, round.parent()), replay));
        // Whatever comes of it, it has used up its part of the line's budget for error.
        judged = switch (outcome) {
            case FineTuningRound.Outcome.Blocked blocked -> null;
            case FineTuningRound.Outcome.Rejected rejected ->
                rejected.candidate().digest();
            case FineTuningRound.Outcome.Passed passed -> passed.candidate().digest();
        };
        faults.reached(KillPoint.ROUND_ENDED);
        RoundRecord ended = switch (outcome) {
            case FineTuningRound.Outcome.Blocked(List<String> notes) ->
                round.ended(RoundRecord.State.BLOCKED, null, notes, clock.instant());
            case FineTuningRound.Outcome.Rejected(var candidate, List<String> notes) ->
                round.ended(RoundRecord.State.REJECTED, candidate.digest(), notes, clock.instant());
            case FineTuningRound.Outcome.Passed(var candidate, List<String> notes) ->
                release(round, candidate.digest(), notes);
        };
        rounds.save(ended);
        LOG.atInfo()
                .addKeyValue("round", round.id())
                .addKeyValue("state", ended.state())
                .addKeyValue("notes", ended.notes())
                .log("round ended");
    }

    private RoundRecord release(RoundRecord round, String digest, List<String> notes) {
        lease.require();
        ModelRecord.Release release = registry.stage(FineTuningRound.candidate(folder(round.id())));
        faults.reached(KillPoint.STAGED);
        ModelRecord now = registry.current(model).orElseThrow();
        boolean known = now.releases().stream().anyMatch(one -> one.digest().equals(digest))
                || (now.canary() != null && now.canary().release().digest().equals(digest));
        if (!known && !now.live().digest().equals(round.parent())) {
            return round.ended(
                    RoundRecord.State.REJECTED,
                    digest,
                    List.of("what is live has changed meanwhile: it was tuned from " + round.parent()),
                    clock.instant());
        }
        lease.require();
        String reason = "round " + round.id() + ": " + notes.get(notes.size() - 1);
        double share = settings.trialShare();
        if (share > 0) {
            registry.trial(model, release, share, reason);
        } else {
            registry.promote(model, release, reason);
        }
        faults.reached(KillPoint.ANNOUNCED);
        return round.ended(RoundRecord.State.RELEASED, digest, notes, clock.instant());
    }

    private final class Progress implements RoundListener {
        private final RoundRecord round;

        Progress(RoundRecord round) {
            this.round = round;
        }

        @Override
        public void at(String name) {
            stage = name;
            step = 0;
            if (name.equals("reward")) {
                faults.reached(KillPoint.REWARD);
            }
            if (name.equals("gate")) {
                faults.reached(KillPoint.GATE);
            }
            LOG.atInfo()
                    .addKeyValue("round", round.id())
                    .addKeyValue("stage", name)
                    .log("round in its next stage");
        }

        @Override
        public void stepped(StepReport report, int of) {
            if (stopping) {
                throw new IllegalStateException("stopping");
            }
            lease.successor().ifPresent(other -> lease.require());
            steps = of;
            step = (int) report.step() + 1;
            faults.reached(KillPoint.STEP);
        }
    }

    /** {@code idle}, or what the round under way is doing. */
    String stage() {
        return stage;
    }

    /** Steps done of the round under way. */
    int step() {
        return step;
    }

    List<RoundRecord> all() {
        return rounds.all();
    }

    /** Leaves the round under way where it is; it continues when the trainer starts again. */
    @Override
    public void close() {
        stopping = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
                LOG.warn("a round did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
