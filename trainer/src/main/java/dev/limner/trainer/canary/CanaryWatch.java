package dev.limner.trainer.canary;

import dev.limner.client.registry.ModelRegistry;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.WorkerStatus;
import dev.limner.training.canary.JobFailures;
import dev.limner.training.canary.ReleaseComparison;
import dev.limner.training.replay.ReplayBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Watches what was released: a trial ends well or badly, and what is live goes back, while it is young, if it turns out
 * worse than what was live before it. Judges by dislikes and by jobs that failed, of both at the same time: the trial's and
 * the live model's, the live model's and those of its hold-out. And by workers that refuse it. Statuses may come from any
 * thread; {@link #look} is for one.
 */
public final class CanaryWatch {
    /** A worker that has said nothing for so long is not asked. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    private static final Duration GONE = Duration.ofDays(1);

    private final ModelRegistry registry;
    private final ReplayBuffer replay;
    private final String model;
    private final Duration promoteAfter;
    private final Clock clock;
    private final Map<String, Heard> workers = new ConcurrentHashMap<>();
    private final JobFailures jobs = new JobFailures();
    private @Nullable ReleaseComparison comparison;

    /** What a worker said last; when, by this clock: its own may go wrong. */
    private record Heard(WorkerStatus status, Instant at) {}

    /** @param promoteAfter how long a trial lasts that nothing speaks for or against */
    public CanaryWatch(ModelRegistry registry, ReplayBuffer replay, String model, Duration promoteAfter, Clock clock) {
        this.registry = registry;
        this.replay = replay;
        this.model = model;
        this.promoteAfter = promoteAfter;
        this.clock = clock;
    }

    /** What a worker says of itself. */
    public void heard(WorkerStatus status) {
        workers.put(status.worker(), new Heard(status, clock.instant()));
        jobs.heard(status);
    }

    /** Looks, and changes the models topic if that is called for. Gives the record as it is afterwards. */
    public Optional<ModelRecord> look() {
        Optional<ModelRecord> found = registry.current(model);
        Instant now = clock.instant();
        if (found.isEmpty()) {
            replay.keepVotesFrom(now);
            return found;
        }
        ModelRecord record = found.get();
        Instant gone = now.minus(GONE);
        workers.values().removeIf(heard -> heard.at().isBefore(gone));
        jobs.forget(gone);
        ModelRecord.Canary canary = record.canary();
        ModelRecord.Holdout holdout = record.holdout();
        // One that begins after this look begins later than that.
        replay.keepVotesFrom(canary != null ? canary.since() : holdout != null ? holdout.since() : now);
        if (canary != null) {
            String digest = canary.release().digest();
            return trial(canary, compared(digest, record.live().digest(), canary.since()))
                    .or(() -> found);
        }
        Optional<ModelRecord> refused = refusedByAll(record);
        if (refused.isPresent() || holdout == null) {
            return refused.or(() -> found);
        }
        return young(record, holdout, compared(record.live().digest(), holdout.digest(), holdout.since()))
                .or(() -> found);
    }

    /** What is known of two models that run beside each other. */
    private ReleaseComparison compared(String tried, String usual, Instant since) {
        ReleaseComparison now = comparison;
        if (now == null || !now.isOf(tried, usual, since)) {
            now = new ReleaseComparison(tried, usual, since);
            comparison = now;
        }
        now.read(replay);
        now.add(jobs.take());
        return now;
    }

    private Optional<ModelRecord> trial(ModelRecord.Canary canary, ReleaseComparison compared) {
        String digest = canary.release().digest();
        Optional<String> complaint = refusal(digest).or(compared::failures);
        if (complaint.isPresent()) {
            return registry.reject(model, digest, complaint.get());
        }
        String opinions = compared.opinionsText();
        return switch (compared.opinions()) {
            case WORSE -> registry.reject(model, digest, "disliked more often than what is live: " + opinions);
            case NOT_WORSE ->
                registry.promote(model, digest, "not disliked more often than what was live: " + opinions);
            case OPEN ->
                clock.instant().isAfter(canary.since().plus(promoteAfter))
                        ? registry.promote(
                                model, digest, "nothing spoke against it in " + promoteAfter + ": " + opinions)
                        : Optional.empty();
        };
    }

    private Optional<ModelRecord> young(ModelRecord record, ModelRecord.Holdout holdout, ReleaseComparison compared) {
        String digest = record.live().digest();
        Optional<String> failing = compared.failures();
        if (failing.isPresent()) {
            return registry.rollBack(model, digest, failing.get());
        }
        String opinions = compared.opinionsText();
        return switch (compared.opinions()) {
            case WORSE ->
                registry.rollBack(model, digest, "disliked more often than what was live before: " + opinions);
            case NOT_WORSE ->
                registry.endHoldout(model, digest, "not disliked more often than what was live before: " + opinions);
            case OPEN ->
                clock.instant().isBefore(holdout.until())
                        ? Optional.empty()
                        : registry.endHoldout(model, digest, "not found worse than what was live before: " + opinions);
        };
    }

    /**
     * Goes back from what no worker runs. A bundle that is not to be had does not count: the store may be away, for the one
     * before as well, and workers try again. If it is lost, somebody has to say so ({@code limner models rollback}).
     */
    private Optional<ModelRecord> refusedByAll(ModelRecord record) {
        String digest = record.live().digest();
        Collection<WorkerStatus> told = present().stream()
                .filter(status -> status.revision() >= record.revision())
                .toList();
        return !record.previous().isEmpty()
                        && !told.isEmpty()
                        && told.stream()
                                .allMatch(status -> refusals(status, digest)
                                        .anyMatch(refusal -> refusal.code() != RefusalCode.BUNDLE_MISSING))
                ? registry.rollBack(model, digest, refusal(digest).orElse("every worker refuses it"))
                : Optional.empty();
    }

    private List<WorkerStatus> present() {
        Instant gone = clock.instant().minus(SILENT);
        return workers.values().stream()
                .filter(heard -> heard.at().isAfter(gone))
                .map(Heard::status)
                .filter(status -> !isStarting(status))
                .toList();
    }

    /** Until it takes jobs a worker says what it lacks and has no say: that may be its own store or key. */
    private static boolean isStarting(WorkerStatus status) {
        return status.state().equals("starting") && status.models().isEmpty();
    }

    /**
     * What a worker refuses of a release. One that has it on its device refuses nothing of it but a record that names it,
     * which anybody may have written; nor does such a record count anywhere else.
     */
    private static Stream<WorkerStatus.Refusal> refusals(WorkerStatus status, String digest) {
        return status.models().stream().anyMatch(loaded -> loaded.digest().equals(digest))
                ? Stream.empty()
                : status.refused().stream()
                        .filter(refusal -> refusal.digest().equals(digest))
                        .filter(refusal -> refusal.code() != RefusalCode.RECORD_DOUBTED);
    }

    private Optional<String> refusal(String digest) {
        return present().stream()
                .flatMap(status -> refusals(status, digest)
                        .map(refusal -> "worker " + status.worker() + " refuses it, "
                                + refusal.code().wireName() + ": " + refusal.reason()))
                .findFirst();
    }
}
