package dev.limner.worker.pipeline;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.SyntheticGenerator;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.schedule.BatchSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** How a test wants its worker: real but for the model, which generates digests. */
public final class ConstantWorker {
    final MeterRegistry registry = new SimpleMeterRegistry();
    private final String bootstrap;
    private final Topics topics;
    private final ObjectStore store;
    private Clock clock = Clock.systemUTC();
    private Clock publishClock = Clock.systemUTC();
    private TextEncoder encoder = new HashTextEncoder();
    private Duration perBatch = Duration.ZERO;
    private FatalErrors errors = new FatalErrors("worker");
    private Duration publishWithin = Duration.ofSeconds(6);
    private WorkerSettings.Limits limits = WorkerSettings.Limits.DEFAULT;

    public ConstantWorker(String bootstrap, Topics topics, ObjectStore store) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.store = store;
    }

    /** The clock of everything but the publisher. */
    public ConstantWorker clock(Clock wanted) {
        clock = wanted;
        return this;
    }

    public ConstantWorker publishClock(Clock wanted) {
        publishClock = wanted;
        return this;
    }

    public ConstantWorker encoder(TextEncoder wanted) {
        encoder = wanted;
        return this;
    }

    public ConstantWorker perBatch(Duration wanted) {
        perBatch = wanted;
        return this;
    }

    public ConstantWorker errors(FatalErrors wanted) {
        errors = wanted;
        return this;
    }

    public ConstantWorker limits(Duration stop, Duration revoke) {
        limits = new WorkerSettings.Limits(stop, revoke, Duration.ofMinutes(2));
        return this;
    }

    public WorkerSettings settings(String name) {
        return new WorkerSettings(
                name,
                topics,
                new IntakeSettings(bootstrap, name, topics.prefix() + "-group", "consumer", topics.allJobs(), 256),
                1000,
                new BatchSettings(8, Duration.ofMillis(5)),
                LedgerSettings.DEFAULT,
                new StageThreads(1, 1, 1, 1),
                new PublishSettings(
                        bootstrap,
                        topics.prefix() + "-" + name,
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/" + name,
                        name,
                        topics.prefix() + "-group",
                        topics.allJobs(),
                        1_000_000,
                        Duration.ofMillis(50),
                        publishWithin,
                        publishClock),
                "Limner test",
                true,
                limits,
                clock,
                FaultPoints.NONE);
    }

    public WorkerRuntime start(String name) {
        ModelCatalog slots = new ModelCatalog(new LoadedModel(
                BatchedGenerator.of(new SyntheticGenerator(perBatch), new BatchBuckets(List.of(8))),
                encoder,
                LoadedModel.Origin.NONE));
        return new WorkerRuntime(
                settings(name), slots, ReleaseReport.NONE, store, "cpu", ExecutionProfile.NONE, registry, errors);
    }
}
