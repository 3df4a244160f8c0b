package dev.limner.trainer.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials and what ends them, over a real broker and a real database. */
class CanaryWatchTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final ModelRecord.Release OLD = release('a');
    private static final ModelRecord.Release NEW = release('b');

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static int number;

    private String model;
    private ReplayBuffer replay;
    private ModelRegistry registry;
    private CanaryWatch watch;
    private long said;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void open() {
        model = "model-" + ++number;
        replay = ReplayBuffer.open(folder.resolve(model + ".db"), 1000);
        registry = registry(NOON);
        watch = watch(NOON.plusSeconds(60));
        registry.begin(model, OLD);
    }

    @AfterEach
    void close() {
        replay.close();
    }

    private ModelRegistry registry(Instant now) {
        return new ModelRegistry(
                new FileBundleStore(folder.resolve("store")),
                new ModelTopic(broker.bootstrap(), Topics.DEFAULT.models(), "test"),
                null,
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private CanaryWatch watch(Instant now) {
        return new CanaryWatch(registry(now), replay, model, Duration.ofMinutes(10), Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void shouldMakeLiveWhatIsNotDislikedMoreOften() {
        registry.trial(model, NEW, 0.05, "gate passed");
        say(2, 5, 5);
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        say(60, 3, 20);
        ModelRecord record = watch.look().orElseThrow();

        assertThat(record.live()).isEqualTo(NEW);
        assertThat(record.canary()).isNull();
        assertThat(record.reason()).startsWith("not disliked more often").contains("raters dislike it");
        assertThat(record.holdout())
                .isEqualTo(new ModelRecord.Holdout(
                        OLD.digest(),
                        0.05,
                        NOON.plusSeconds(60),
                        NOON.plusSeconds(60).plus(Duration.ofDays(1))));
    }

    @Test
    void shouldTakeBackATrialThatIsDislikedMoreOften() {
        registry.trial(model, NEW, 0.05, "gate passed");
        say(40, 35, 5);

        ModelRecord record = watch.look().orElseThrow();

        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.canary()).isNull();
        assertThat(record.reason()).startsWith("disliked more often").contains("35 of 40 raters dislike it");
    }

    /** One rater, or any number without a name, is one rater. */
    @Test
    void shouldNotTakeBackForTheManyOpinionsOfOneRater() {
        registry.trial(model, NEW, 0.05, "gate passed");
        for (int i = 0; i < 300; i++) {
            say(i % 2 == 0 ? "eve" : FeedbackEntry.NOBODY, NEW, false);
            say("eve", OLD, true);
        }
        assertThat(watch.look().orElseThrow().canary()).isNotNull();
    }

    /** What was said before the trial is of another time. */
    @Test
    void shouldNotCompareWithYesterday() {
        registry.trial(model, NEW, 0.05, "gate passed");
        for (int i = 0; i < 100; i++) {
            say("r" + i, OLD, true, NOON.minusSeconds(1));
            say("r" + i, NEW, false);
        }
        assertThat(watch.look().orElseThrow().canary()).isNotNull();
    }

    @Test
    void shouldMakeLiveWhatNothingSpeaksAgainstForLong() {
        registry.trial(model, NEW, 0.05, "gate passed");

        assertThat(watch(NOON.plus(Duration.ofMinutes(9))).look().orElseThrow().canary())
                .isNotNull();
        assertThat(watch(NOON.plus(Duration.ofMinutes(11))).look().orElseThrow().live())
                .isEqualTo(NEW);
    }

    @Test
    void shouldTakeBackATrialThatAWorkerRefuses() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", 2, List.of(), List.of(refusal(NEW))));

        ModelRecord record = watch.look().orElseThrow();

        assertThat(record.canary()).isNull();
        assertThat(record.reason()).isEqualTo("worker w1 refuses it, probe-failed: other images");
    }

    /** One that starts with the wrong key, or without the store, refuses whatever it is told. */
    @Test
    void shouldGiveNoSayToAWorkerThatWaitsForTheLiveRelease() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", "starting", 2, List.of(), List.of(refusal(NEW))));
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", "starting", 3, List.of(), List.of(refusal(NEW))));
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        watch.heard(status("w1", "starting", 3, List.of(loaded(OLD, 0, 0)), List.of(refusal(NEW))));
        assertThat(watch.look().orElseThrow().live())
                .as("one that only waits for partitions counts")
                .isEqualTo(OLD);
    }

    /** Whoever can write to the topic could end every trial. */
    @Test
    void shouldKeepATrialThatARecordNobodyBelievesNames() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", 1, List.of(), List.of(refusal(NEW, RefusalCode.RECORD_DOUBTED))));
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        watch.heard(status("w1", 1, List.of(), List.of(refusal(NEW, RefusalCode.RECORD_DOUBTED), refusal(NEW))));
        assertThat(watch.look().orElseThrow().reason()).contains("probe-failed");
    }

    @Test
    void shouldTakeBackATrialWhoseJobsFail() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", 2, List.of(loaded(OLD, 1000, 1), loaded(NEW, 0, 0)), List.of()));
        watch.heard(status("w1", 2, List.of(loaded(OLD, 2000, 2), loaded(NEW, 40, 2)), List.of()));
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        watch.heard(status("w1", 2, List.of(loaded(OLD, 3000, 2), loaded(NEW, 70, 6)), List.of()));

        assertThat(watch.look().orElseThrow().reason())
                .isEqualTo("6 of 76 jobs failed with it, with the other 1 of 2001 at the same time");
    }

    /** An outage of the store fails jobs of both. */
    @Test
    void shouldNotTakeBackATrialWhoseJobsFailAsThoseOfWhatIsLive() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", 2, List.of(loaded(OLD, 9000, 0), loaded(NEW, 0, 0)), List.of()));
        watch.heard(status("w1", 2, List.of(loaded(OLD, 9500, 500), loaded(NEW, 25, 25)), List.of()));
        assertThat(watch.look().orElseThrow().canary()).isNotNull();
    }

    @Test
    void shouldGoBackFromALiveModelThatTurnsOutWorse() {
        registry.promote(model, NEW, "by hand");
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        say(40, 35, 5);

        ModelRecord record = watch.look().orElseThrow();
        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.holdout()).isNull();
        assertThat(record.reason()).startsWith("disliked more often than what was live before");
    }

    @Test
    void shouldEndTheHoldoutOfALiveModelThatIsNotWorse() {
        registry.promote(model, NEW, "by hand");
        say(60, 3, 20);

        ModelRecord record = watch.look().orElseThrow();
        assertThat(record.live()).isEqualTo(NEW);
        assertThat(record.holdout()).isNull();
        assertThat(record.previous()).containsExactly(OLD);
    }

    @Test
    void shouldEndTheHoldoutOfALiveModelThatIsNotYoungAnyMore() {
        registry.promote(model, NEW, "by hand");
        Instant old = NOON.plus(Duration.ofDays(1));

        assertThat(watch(old.minusMillis(1)).look().orElseThrow().holdout()).isNotNull();
        assertThat(watch(old).look().orElseThrow().holdout()).isNull();
    }

    @Test
    void shouldGoBackFromALiveModelThatEveryWorkerRefuses() {
        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", 2, List.of(), List.of(refusal(NEW))));
        watch.heard(status("w2", 2, List.of(loaded(NEW, 1, 0)), List.of()));
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        watch.heard(status("w2", 2, List.of(), List.of(refusal(NEW))));

        ModelRecord record = watch.look().orElseThrow();
        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.reason()).contains("refuses it");
    }

    @Test
    void shouldKeepALiveModelWhoseBundleNobodyCanFetch() {
        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", 2, List.of(), List.of(refusal(NEW, RefusalCode.BUNDLE_MISSING))));
        watch.heard(status("w2", 2, List.of(), List.of(refusal(NEW))));

        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);
    }

    /** A record that somebody forged is refused under the digest it names. */
    @Test
    void shouldKeepWhatEveryWorkerRunsWhileARecordThatNamesItIsRefused() {
        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", 2, List.of(loaded(NEW, 1, 0)), List.of(refusal(NEW))));

        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);
    }

    @Test
    void shouldGoBackFromALiveModelWhoseJobsFail() {
        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", 1, List.of(loaded(OLD, 500, 1), loaded(NEW, 0, 0)), List.of()));
        watch.heard(status("w1", 2, List.of(loaded(OLD, 1000, 1), loaded(NEW, 98, 2)), List.of()));
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        watch.heard(status("w1", 2, List.of(loaded(OLD, 1500, 2), loaded(NEW, 98, 12)), List.of()));

        ModelRecord record = watch.look().orElseThrow();
        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.reason())
                .isEqualTo("12 of 110 jobs failed with it, with the other 1 of 1001 at the same time");
        assertThat(record.previous()).isEmpty();
    }

    /** A pair of raters each. */
    private void say(int pairs, int newDisliked, int oldDisliked) {
        for (int i = 0; i < pairs; i++) {
            say("n" + said, NEW, i >= newDisliked);
            say("o" + said, OLD, i < pairs - oldDisliked);
        }
    }

    private void say(String rater, ModelRecord.Release release, boolean likesIt) {
        say(rater, release, likesIt, NOON.plusSeconds(1));
    }

    private void say(String rater, ModelRecord.Release release, boolean likesIt, Instant at) {
        String sha256 = String.format("%064x", ++said);
        FeedbackEntry entry = new FeedbackEntry(
                new RecordPosition("feedback", 0, said),
                Feedback.of("f" + said, ImageName.parse(sha256), new Opinion.Verdict(likesIt), null, NOON),
                new GeneratedImage(sha256, release.digest(), "apple", said, 0, new float[0]),
                null,
                rater,
                // What the sender wrote does not count.
                Instant.EPOCH,
                at);
        replay.record(writer -> writer.add(entry));
    }

    /** A dead worker whose clock was ahead is not asked for ever, and one whose clock is behind is asked. */
    @Test
    void shouldAskWorkersThatHaveSpokenLatelyWhateverTheirClocksSay() {
        registry.trial(model, NEW, 0.05, "gate passed");
        MovingClock clock = new MovingClock();
        CanaryWatch moving = new CanaryWatch(registry, replay, model, Duration.ofMinutes(10), clock);
        moving.heard(refusing("ahead", NOON.plus(Duration.ofDays(1))));
        clock.now = NOON.plusSeconds(31);
        assertThat(moving.look().orElseThrow().canary()).isNotNull();

        moving.heard(refusing("behind", NOON.minus(Duration.ofDays(1))));

        assertThat(moving.look().orElseThrow().reason()).contains("worker behind refuses it");
    }

    private static final class MovingClock extends Clock {
        private Instant now = NOON;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static WorkerStatus refusing(String worker, Instant at) {
        return new WorkerStatus(
                worker, "running", "cpu", "profile", List.of(), 2, List.of(refusal(NEW)), 1, 0, 0, 0, null, at);
    }

    private WorkerStatus status(
            String worker, long revision, List<WorkerStatus.Loaded> models, List<WorkerStatus.Refusal> refused) {
        return status(worker, "running", revision, models, refused);
    }

    private WorkerStatus status(
            String worker,
            String state,
            long revision,
            List<WorkerStatus.Loaded> models,
            List<WorkerStatus.Refusal> refused) {
        return new WorkerStatus(
                worker, state, "cpu", "profile", models, revision, refused, 1, 0, 0, 0, null, NOON.plusSeconds(59));
    }

    private WorkerStatus.Loaded loaded(ModelRecord.Release release, long completed, long failed) {
        return new WorkerStatus.Loaded(model, release.digest(), WorkerStatus.Role.LIVE, completed, failed);
    }

    private static WorkerStatus.Refusal refusal(ModelRecord.Release release) {
        return refusal(release, RefusalCode.PROBE_FAILED);
    }

    private static WorkerStatus.Refusal refusal(ModelRecord.Release release, RefusalCode code) {
        return new WorkerStatus.Refusal(release.digest(), code, "other images", NOON);
    }

    private static ModelRecord.Release release(char letter) {
        return new ModelRecord.Release(String.valueOf(letter).repeat(64), "file:///models/" + letter, null);
    }
}
