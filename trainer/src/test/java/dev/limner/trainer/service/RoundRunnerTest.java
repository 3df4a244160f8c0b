package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.trainer.registry.TrainerLease;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.RoundRecord;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two trainers of one model on a real broker, as in a rollout: the older one starts and continues with nothing. */
class RoundRunnerTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void shouldStartNoRoundAndLeaveOneAloneOnceANewerTrainerRuns() {
        String name = "default";
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
                ReplayBuffer replay = ReplayBuffer.open(folder.resolve("replay.db"), 10)) {
            FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
            FileBundleStore store = new FileBundleStore(folder.resolve("models"));
            ModelRegistry registry = new ModelRegistry(
                    store,
                    new ModelTopic(broker.bootstrap(), Topics.DEFAULT.models(), "test"),
                    null,
                    Clock.systemUTC());
            ModelRecord record =
                    registry.begin(name, new ModelRecord.Release("a".repeat(64), "file:///models/a", null));
            replay.record(writer -> writer.add(opinion()));
            try (TrainerLease lease = lease(broker, "the older");
                    RoundRunner older = runner(replay, registry, store, name, lease);
                    TrainerLease newer = lease(broker, "the newer")) {
                older.consider(record);
                assertThatThrownBy(() -> older.start("by hand"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the newer");
                assertThat(older.all()).isEmpty();
                assertThat(newer.check()).isTrue();

                // One that was under way is neither ended nor continued.
                replay.rounds().start("before", "a".repeat(64), 1, 7, NOW);
                runner(replay, registry, store, name, lease).close();
                assertThat(older.all()).extracting(RoundRecord::state).containsExactly(RoundRecord.State.RUNNING);
            }
        }
    }

    /** The executor would only replace the thread, and the trainer seem to live. */
    @Test
    void shouldEndTheProcessOnAnErrorAndNotTakeItsRoundUpAgain() throws Exception {
        BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
        FileBundleStore store = new FileBundleStore(folder.resolve("models"));
        BundleStore broken = (BundleStore) Proxy.newProxyInstance(
                BundleStore.class.getClassLoader(), new Class<?>[] {BundleStore.class}, (proxy, method, arguments) -> {
                    if (Thread.currentThread().getName().equals("limner-round")) {
                        throw new StackOverflowError("injected");
                    }
                    return method.invoke(store, arguments);
                });
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
                ReplayBuffer replay = ReplayBuffer.open(folder.resolve("replay.db"), 10)) {
            FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
            ModelRegistry registry = new ModelRegistry(
                    broken,
                    new ModelTopic(broker.bootstrap(), Topics.DEFAULT.models(), "test"),
                    null,
                    Clock.systemUTC());
            replay.rounds().start("before", "a".repeat(64), 1, 7, NOW);
            try (TrainerLease lease = lease(broker, "this one");
                    RoundRunner runner = runner(
                            replay, registry, broken, "default", lease, new FatalErrors("trainer", exits::add))) {
                assertThat(exits.poll(60, TimeUnit.SECONDS)).isEqualTo(70);
                assertThat(runner.all()).extracting(RoundRecord::state).containsExactly(RoundRecord.State.FAILED);
            }
        }
    }

    private static TrainerLease lease(EmbeddedBroker broker, String holder) {
        return new TrainerLease(broker.bootstrap(), Topics.DEFAULT.models(), "default", holder);
    }

    /** Without data or judges: no round gets as far as that. */
    private RoundRunner runner(
            ReplayBuffer replay, ModelRegistry registry, BundleStore store, String name, TrainerLease lease) {
        return runner(replay, registry, store, name, lease, new FatalErrors("trainer"));
    }

    private RoundRunner runner(
            ReplayBuffer replay,
            ModelRegistry registry,
            BundleStore store,
            String name,
            TrainerLease lease,
            FatalErrors errors) {
        return new RoundRunner(
                new RoundSettings(
                        folder,
                        1,
                        Optional.empty(),
                        500,
                        1,
                        FineTuning.DEFAULT,
                        1,
                        0.05,
                        ModelRegistry.Holdout.DEFAULT),
                null,
                replay,
                registry,
                store,
                name,
                Device.cpu(),
                Clock.systemUTC(),
                TrainerFaultPoints.NONE,
                lease,
                errors);
    }

    private static FeedbackEntry opinion() {
        String sha256 = "b".repeat(64);
        return new FeedbackEntry(
                new RecordPosition("feedback", 0, 1),
                Feedback.of("f", ImageName.parse(sha256), new Opinion.Verdict(true), "anna", NOW),
                new GeneratedImage(sha256, "a".repeat(64), "apple", 1, 0, new float[] {1}),
                null,
                "anna",
                NOW);
    }
}
