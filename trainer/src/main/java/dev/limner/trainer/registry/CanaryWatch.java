package dev.limner.trainer.registry;

import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.WorkerStatus;
import dev.limner.trainer.gate.SequentialTest;
import dev.limner.trainer.replay.ReplayBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Watches what was released: a trial ends well or badly, and what is live goes back if it turns out worse than what was
 * live before it. Judges by dislikes, by jobs that failed, and by workers that refuse it. Statuses may come from any
 * thread; {@link #look} is for one.
 */
public final class CanaryWatch {
    /** A worker that has said nothing for so long is not asked. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    private static final Duration LOOK_BACK = Duration.ofDays(1);
    private static final long FEWEST_FAILURES = 3;
    private static final double MOST_FAILURES = 0.02;
    private static final double TIMES_WORSE = 3;
    private static final long FEWEST_OPINIONS_BEFORE = 30;
    private static final long FEWEST_JOBS_BEFORE = 30;

    private final Registry registry;
    private final ReplayBuffer replay;
    private final String model;
    private final Duration promoteAfter;
    private final Clock clock;
    private final Map<String, WorkerStatus> workers = new ConcurrentHashMap<>();
    /** Worker to digest to what was last said of it, also when it is not loaded any more. */
    private final Map<String, Map<String, WorkerStatus.Loaded>> drawn = new ConcurrentHashMap<>();

    /** @param promoteAfter how long a trial lasts that nothing speaks for or against */
    public CanaryWatch(Registry registry, ReplayBuffer replay, String model, Duration promoteAfter, Clock clock) {
        this.registry = registry;
        this.replay = replay;
        this.model = model;
        this.promoteAfter = promoteAfter;
        this.clock = clock;
    }

    /** What a worker says of itself. */
    public void heard(WorkerStatus status) {
        workers.put(status.worker(), status);
        Map<String, WorkerStatus.Loaded> models =
                drawn.computeIfAbsent(status.worker(), worker -> new ConcurrentHashMap<>());
        status.models().forEach(loaded -> models.put(loaded.digest(), loaded));
    }

    /** Looks, and changes the models topic if that is called for. Gives the record as it is afterwards. */
    public Optional<ModelRecord> look() {
        Optional<ModelRecord> found = registry.current(model);
        if (found.isEmpty()) {
            return found;
        }
        ModelRecord record = found.get();
        forget(record);
        ModelRecord.Canary canary = record.canary();
        return (canary == null ? live(record) : trial(record, canary)).or(() -> found);
    }

    /** What nobody compares with any more, and workers that have long been gone. */
    private void forget(ModelRecord record) {
        Instant gone = clock.instant().minus(LOOK_BACK);
        workers.values().removeIf(status -> status.at().isBefore(gone));
        drawn.keySet().retainAll(workers.keySet());
        Set<String> compared =
                record.releases().stream().map(ModelRecord.Release::digest).collect(Collectors.toSet());
        drawn.values().forEach(models -> models.keySet().retainAll(compared));
    }

    private Optional<ModelRecord> trial(ModelRecord record, ModelRecord.Canary canary) {
        String digest = canary.release().digest();
        Optional<String> complaint =
                refusal(digest).or(() -> failures(digest, record.live().digest(), "what is live"));
        if (complaint.isPresent()) {
            return registry.reject(model, digest, complaint.get());
        }
        ReplayBuffer.Verdicts tried = replay.verdicts(digest, canary.since());
        ReplayBuffer.Verdicts usual =
                replay.verdicts(record.live().digest(), canary.since().minus(LOOK_BACK));
        String opinions = opinions(tried, usual);
        return switch (SequentialTest.against(usual.likes(), usual.dislikes()).of(tried.likes(), tried.dislikes())) {
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

    private Optional<ModelRecord> live(ModelRecord record) {
        String digest = record.live().digest();
        if (record.previous().isEmpty()) {
            return Optional.empty();
        }
        Collection<WorkerStatus> told = present().stream()
                .filter(status -> status.revision() >= record.revision())
                .toList();
        if (!told.isEmpty() && told.stream().allMatch(status -> refuses(status, digest))) {
            return registry.rollBack(model, digest, refusal(digest).orElse("every worker refuses it"));
        }
        String before = record.previous().get(0).digest();
        Optional<String> failing = failed(before)[1] < FEWEST_JOBS_BEFORE
                ? Optional.empty()
                : failures(digest, before, "what was live before");
        if (failing.isPresent()) {
            return registry.rollBack(model, digest, failing.get());
        }
        ReplayBuffer.Verdicts usual = replay.verdicts(before, Instant.EPOCH);
        ReplayBuffer.Verdicts now = replay.verdicts(digest, record.at());
        boolean worse = usual.likes() + usual.dislikes() >= FEWEST_OPINIONS_BEFORE
                && SequentialTest.against(usual.likes(), usual.dislikes()).of(now.likes(), now.dislikes())
                        == SequentialTest.Decision.WORSE;
        return worse
                ? registry.rollBack(
                        model, digest, "disliked more often than what was live before: " + opinions(now, usual))
                : Optional.empty();
    }

    private List<WorkerStatus> present() {
        Instant gone = clock.instant().minus(SILENT);
        return workers.values().stream()
                .filter(status -> status.at().isAfter(gone))
                .toList();
    }

    private static boolean refuses(WorkerStatus status, String digest) {
        return status.refused().stream().anyMatch(refusal -> refusal.digest().equals(digest));
    }

    private Optional<String> refusal(String digest) {
        return present().stream()
                .flatMap(status -> status.refused().stream()
                        .filter(refusal -> refusal.digest().equals(digest))
                        .map(refusal -> "worker " + status.worker() + " refuses it, "
                                + refusal.code().wireName() + ": " + refusal.reason()))
                .findFirst();
    }

    /** @param than whose digest {@code other} is, for people */
    private Optional<String> failures(String digest, String other, String than) {
        double[] tried = failed(digest);
        double[] usual = failed(other);
        double rate = tried[0] / Math.max(1, tried[1]);
        double usualRate = usual[0] / Math.max(1, usual[1]);
        return tried[0] >= FEWEST_FAILURES && rate > Math.max(MOST_FAILURES, TIMES_WORSE * usualRate)
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%.0f of %.0f jobs failed with it, with %s %.0f of %.0f",
                        tried[0],
                        tried[1],
                        than,
                        usual[0],
                        usual[1]))
                : Optional.empty();
    }

    /** Failed jobs and all jobs. */
    private double[] failed(String digest) {
        double failed = 0;
        double all = 0;
        for (Map<String, WorkerStatus.Loaded> models : drawn.values()) {
            WorkerStatus.Loaded loaded = models.get(digest);
            if (loaded != null) {
                failed += loaded.failed();
                all += loaded.failed() + loaded.completed();
            }
        }
        return new double[] {failed, all};
    }

    private static String opinions(ReplayBuffer.Verdicts tried, ReplayBuffer.Verdicts usual) {
        return tried.dislikes() + " dislikes and " + tried.likes() + " likes, of the other " + usual.dislikes()
                + " and " + usual.likes();
    }
}
