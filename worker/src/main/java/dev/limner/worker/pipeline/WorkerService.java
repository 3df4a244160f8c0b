package dev.limner.worker.pipeline;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.text.CachingTextEncoder;
import dev.limner.generator.text.MiniLmTextEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Topics;
import dev.limner.worker.config.WorkerConfig;
import dev.limner.worker.generate.ConstantEngine;
import dev.limner.worker.generate.FixedSizes;
import dev.limner.worker.generate.ModelEngine;
import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.schedule.BatchSettings;
import dev.limner.worker.store.FileStore;
import dev.limner.worker.text.ConstantTextEncoder;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's life inside Quarkus: configuration to a running {@link WorkerRuntime}, and down again on SIGTERM. */
@ApplicationScoped
public class WorkerService {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

    private final WorkerConfig config;
    private final MeterRegistry registry;
    private final String version;
    private @Nullable TextEncoder encoder;
    private @Nullable PictureEngine engine;
    private @Nullable FileStore store;
    private volatile @Nullable WorkerRuntime runtime;
    private volatile boolean failed;

    WorkerService(
            WorkerConfig config,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.config = config;
        this.registry = registry;
        this.version = version;
    }

    void start(@Observes StartupEvent event) {
        Device device = DeviceChoice.resolve(config.device());
        int cores = Runtime.getRuntime().availableProcessors();
        int torchThreads = config.threads() == 0 ? cores : config.threads();
        WorkerSettings settings = settings(device, StageThreads.on(device, cores, torchThreads, config.streams()));
        TorchThreads.set(torchThreads);
        Drawing drawing = switch (config.generator()) {
            case MODEL -> model(settings, device);
            case CONSTANT -> new Drawing(new ConstantTextEncoder(), new ConstantEngine());
        };
        TextEncoder text = drawing.encoder();
        encoder = text;
        PictureEngine pictures = drawing.engine();
        engine = pictures;
        warmUp(text, pictures);
        FileStore files = new FileStore(config.store().path(), config.store().durability(), settings.name());
        store = files;
        ExecutionProfile profile = ExecutionProfile.of(device, torchThreads);
        WorkerRuntime started =
                new WorkerRuntime(settings, text, pictures, files, device.toString(), profile, registry);
        runtime = started;
        Thread.ofPlatform().name("limner-watch").daemon().start(() -> exitWhenFailed(started));
        LOG.atInfo()
                .addKeyValue("worker", settings.name())
                .addKeyValue(
                        "model",
                        pictures.model().name() + "@" + pictures.model().digest())
                .addKeyValue("profile", profile.name())
                .log("worker started");
    }

    private record Drawing(TextEncoder encoder, PictureEngine engine) {}

    private Drawing model(WorkerSettings settings, Device device) {
        ModelBundle bundle = ModelBundle.read(config.model());
        if (!bundle.manifest().textEncoder().equals(MiniLmTextEncoder.ID)) {
            throw new IllegalStateException("the model " + config.model() + " wants the text encoder "
                    + bundle.manifest().textEncoder() + ", this worker has " + MiniLmTextEncoder.ID);
        }
        TextEncoder encoder = new CachingTextEncoder(
                MiniLmTextEncoder.load(config.cache(), settings.threads().text()),
                config.text().cache());
        return new Drawing(encoder, ModelEngine.load(bundle, device, settings.sizes()));
    }

    /** Loads what the first job would otherwise wait for; the engine has drawn its probes by now. */
    private static void warmUp(TextEncoder text, PictureEngine pictures) {
        RenderRequest request = new RenderRequest(text.encode("warm up").embedding(), 0, 0, 1);
        Provenance provenance = new Provenance("", "", "", 0, 0, null);
        for (Pixels picture : pictures.draw(List.of(request))) {
            for (ImageFormat format : ImageFormat.values()) {
                ImageEncoder.encode(picture, format, provenance);
            }
        }
    }

    /** A worker whose control thread died must not look alive: the process ends and its supervisor starts a new one. */
    private void exitWhenFailed(WorkerRuntime started) {
        try {
            started.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (started.failure() != null) {
            failed = true;
            Quarkus.asyncExit(1);
        }
    }

    private WorkerSettings settings(Device device, StageThreads threads) {
        String name = config.name().orElseGet(WorkerService::defaultName);
        Topics topics = new Topics(config.topicPrefix());
        return new WorkerSettings(
                name,
                topics,
                new IntakeSettings(
                        config.bootstrap(),
                        config.group(),
                        config.groupProtocol(),
                        topics.allJobs(),
                        config.intake().buffer()),
                new BatchSettings(config.batch().maxSize(), config.batch().linger()),
                config.batch().sizes().map(FixedSizes::new).orElseGet(() -> FixedSizes.suiting(device)),
                threads,
                new PublishSettings(
                        config.bootstrap(),
                        config.group() + "-" + name,
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/" + name,
                        config.commitInterval()),
                "Limner " + version,
                config.writeCaptions(),
                config.stopWithin());
    }

    private static String defaultName() {
        try {
            return InetAddress.getLocalHost().getHostName() + "-"
                    + ProcessHandle.current().pid();
        } catch (UnknownHostException e) {
            return "worker-" + ProcessHandle.current().pid();
        }
    }

    /** The running worker; empty while it starts. */
    public Optional<WorkerRuntime> runtime() {
        return Optional.ofNullable(runtime);
    }

    /** Whether the worker ended because it could not go on. */
    public boolean failed() {
        return failed;
    }

    void stop(@Observes ShutdownEvent event) {
        WorkerRuntime running = runtime;
        if (running != null) {
            running.close();
        }
        if (store != null) {
            store.close();
        }
        if (engine != null) {
            engine.close();
        }
        if (encoder != null) {
            encoder.close();
        }
    }
}
