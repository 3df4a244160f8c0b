package dev.limner.trainer.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.trainer.replay.Origin;
import dev.limner.trainer.replay.Picture;
import dev.limner.trainer.replay.Remembered;
import dev.limner.trainer.replay.ReplayBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    private Registry registry;
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

    private Registry registry(Instant now) {
        return new Registry(
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
        say(OLD, 10, 10);
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        say(NEW, 25, 5);
        ModelRecord record = watch.look().orElseThrow();

        assertThat(record.live()).isEqualTo(NEW);
        assertThat(record.canary()).isNull();
        assertThat(record.reason()).startsWith("not disliked more often").contains("5 dislikes and 25 likes");
    }

    @Test
    void shouldTakeBackATrialThatIsDislikedMoreOften() {
        registry.trial(model, NEW, 0.05, "gate passed");
        say(OLD, 20, 10);
        say(NEW, 2, 20);

        ModelRecord record = watch.look().orElseThrow();

        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.canary()).isNull();
        assertThat(record.reason()).startsWith("disliked more often");
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
        assertThat(record.reason()).isEqualTo("worker w1 refuses it, probe-failed: other pictures");
    }

    @Test
    void shouldTakeBackATrialWhoseJobsFail() {
        registry.trial(model, NEW, 0.05, "gate passed");
        watch.heard(status("w1", 2, List.of(loaded(OLD, 1000, 1), loaded(NEW, 40, 2)), List.of()));
        assertThat(watch.look().orElseThrow().canary()).isNotNull();

        watch.heard(status("w2", 2, List.of(loaded(OLD, 1000, 0), loaded(NEW, 30, 4)), List.of()));

        assertThat(watch.look().orElseThrow().reason()).startsWith("6 of 76 jobs failed with it");
    }

    @Test
    void shouldGoBackFromALiveModelThatTurnsOutWorse() {
        say(OLD, 30, 10);
        registry.promote(model, NEW, "by hand");
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        say(NEW, 3, 25);

        assertThat(watch.look().orElseThrow().live()).isEqualTo(OLD);
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
    void shouldGoBackFromALiveModelWhoseJobsFail() {
        watch.heard(status("w1", 1, List.of(loaded(OLD, 500, 1)), List.of()));
        registry.promote(model, NEW, "by hand");
        watch.heard(status("w1", 2, List.of(loaded(NEW, 98, 2)), List.of()));
        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);

        watch.heard(status("w1", 2, List.of(loaded(NEW, 98, 12)), List.of()));

        ModelRecord record = watch.look().orElseThrow();
        assertThat(record.live()).isEqualTo(OLD);
        assertThat(record.reason()).isEqualTo("12 of 110 jobs failed with it, with what was live before 1 of 501");
        assertThat(record.previous()).isEmpty();
    }

    @Test
    void shouldStayWithALiveModelWhoseJobsFailAsThoseOfTheOneBefore() {
        watch.heard(status("w1", 1, List.of(loaded(OLD, 450, 50)), List.of()));
        registry.promote(model, NEW, "by hand");

        watch.heard(status("w1", 2, List.of(loaded(NEW, 90, 10)), List.of()));

        assertThat(watch.look().orElseThrow().live()).isEqualTo(NEW);
    }

    private void say(ModelRecord.Release release, int likes, int dislikes) {
        for (int i = 0; i < likes + dislikes; i++) {
            boolean likesIt = i < likes;
            String sha256 = String.format("%064x", ++said);
            Remembered entry = new Remembered(
                    new Origin("feedback", 0, said),
                    Feedback.of("f" + said, ImageName.parse(sha256), new Opinion.Verdict(likesIt), null, NOON),
                    new Picture(sha256, release.digest(), "apple", said, 0, new float[0]),
                    null,
                    Remembered.NOBODY,
                    NOON.plusSeconds(1));
            replay.record(writer -> writer.add(entry));
        }
    }

    private WorkerStatus status(
            String worker, long revision, List<WorkerStatus.Loaded> models, List<WorkerStatus.Refusal> refused) {
        return new WorkerStatus(
                worker, "running", "cpu", "profile", models, revision, refused, 1, 0, 0, 0, null, NOON.plusSeconds(59));
    }

    private WorkerStatus.Loaded loaded(ModelRecord.Release release, long completed, long failed) {
        return new WorkerStatus.Loaded(model, release.digest(), WorkerStatus.Role.LIVE, completed, failed);
    }

    private static WorkerStatus.Refusal refusal(ModelRecord.Release release) {
        return new WorkerStatus.Refusal(release.digest(), RefusalCode.PROBE_FAILED, "other pictures", NOON);
    }

    private static ModelRecord.Release release(char letter) {
        return new ModelRecord.Release(String.valueOf(letter).repeat(64), "file:///models/" + letter, null);
    }
}
