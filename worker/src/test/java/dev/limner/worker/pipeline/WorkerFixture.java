package dev.limner.worker.pipeline;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.schedule.BatchSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Workers with the shipped model, a store and a real broker. */
abstract class WorkerFixture {
    @TempDir
    static Path folder;

    static TextEncoder encoder;
    static ModelCatalog engine;
    static ModelCatalog secondEngine;
    static FileStore store;

    @BeforeAll
    static void load() {
        TorchThreads.set(1);
        ModelBundle bundle = ModelBundle.read(Path.of("../models/default"));
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder.resolve("cache"), 1), 1000);
        engine = slots(bundle);
        secondEngine = slots(bundle);
        store = new FileStore(folder.resolve("store"), FileStore.Durability.FSYNC, "test", new LocalDisk());
    }

    static ModelCatalog slots(ModelBundle bundle) {
        BatchedGenerator engine =
                BatchedGenerator.of(ModelGenerator.load(bundle, Device.cpu()), BatchBuckets.suiting(Device.cpu()));
        return new ModelCatalog(new LoadedModel(engine, encoder, LoadedModel.Origin.NONE));
    }

    @AfterAll
    static void close() {
        store.close();
        engine.close();
        secondEngine.close();
        encoder.close();
    }

    static WorkerRuntime worker(Topics topics, String name, ModelCatalog engine) {
        return worker(topics, name, engine, 1_000_000);
    }

    static WorkerRuntime worker(Topics topics, String name, ModelCatalog engine, int mostBytes) {
        return worker(topics, name, engine, ReleaseReport.NONE, store, mostBytes);
    }

    static WorkerRuntime worker(
            Topics topics, String name, ModelCatalog models, ReleaseReport releases, ObjectStore store, int mostBytes) {
        String bootstrap = TestCluster.bootstrap();
        WorkerSettings settings = new WorkerSettings(
                name,
                topics,
                new IntakeSettings(bootstrap, name, topics.prefix() + "-group", "consumer", topics.allJobs(), 256),
                1000,
                new BatchSettings(32, Duration.ofMillis(5)),
                LedgerSettings.DEFAULT,
                new StageThreads(1, 2, 1, 2),
                new PublishSettings(
                        bootstrap,
                        topics.prefix() + "-" + name,
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/" + name,
                        name,
                        topics.prefix() + "-group",
                        topics.allJobs(),
                        mostBytes,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(8),
                        Clock.systemUTC()),
                "Limner test",
                true,
                WorkerSettings.Limits.DEFAULT,
                Clock.systemUTC(),
                FaultPoints.NONE);
        return new WorkerRuntime(
                settings,
                models,
                releases,
                store,
                "cpu",
                ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu())),
                new SimpleMeterRegistry(),
                new FatalErrors("worker"));
    }
}
