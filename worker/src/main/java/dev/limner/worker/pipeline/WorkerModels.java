package dev.limner.worker.pipeline;

import ai.djl.Device;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.text.CachingTextEncoder;
import dev.limner.generator.text.PretrainedEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.RefusalCode;
import dev.limner.worker.config.WorkerConfig;
import dev.limner.worker.drill.Drill;
import dev.limner.worker.drill.DrillEncoder;
import dev.limner.worker.drill.DrillPainter;
import dev.limner.worker.drill.Sabotage;
import dev.limner.worker.generate.FixedSizes;
import dev.limner.worker.generate.HashPainter;
import dev.limner.worker.generate.LoadedModel;
import dev.limner.worker.generate.ModelPainter;
import dev.limner.worker.generate.ModelSlots;
import dev.limner.worker.generate.Painter;
import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.release.Announcements;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.release.ReleaseSettings;
import dev.limner.worker.text.HashTextEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a worker draws with: configuration to models on the device, kept up to date. Owns the encoders and the models. */
final class WorkerModels implements WorkerStart.Models, AutoCloseable {
    private final WorkerConfig config;
    private final WorkerSettings settings;
    private final Optional<Drill> drill;
    private final Device device;
    private final ExecutionProfile profile;
    private final FixedSizes sizes;
    private final Map<String, TextEncoder> encoders = new ConcurrentHashMap<>();
    private final ModelSlots slots;
    private final @Nullable ReleaseSettings releases;
    private volatile @Nullable Announcements announcements;

    /**
     * Loads the model to start with; {@link #follow()} what is live. Without a model libtorch is not even loaded.
     *
     * @param device already resolved
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if this machine computes the model wrong
     */
    WorkerModels(WorkerConfig config, WorkerSettings settings, Optional<Drill> drill, Device device, int torchThreads) {
        this.config = config;
        this.settings = settings;
        this.drill = drill;
        this.device = device;
        this.sizes = config.batch().sizes().map(FixedSizes::new).orElseGet(() -> FixedSizes.suiting(device));
        boolean draws = config.generator() == WorkerConfig.Generator.MODEL;
        if (draws) {
            TorchThreads.set(torchThreads);
        }
        this.slots = new ModelSlots(
                switch (config.generator()) {
                    case MODEL -> load(ModelBundle.read(config.model()));
                    case CONSTANT -> constant();
                });
        // Named once the self-test that goes before the first model has decided how convolutions are computed. The
        // bytes are those of the largest size, which the others have to agree with.
        this.profile = draws ? ExecutionProfile.of(device, torchThreads, sizes.largest()) : ExecutionProfile.NONE;
        this.releases = draws && config.models().follow() ? releases() : null;
    }

    private LoadedModel constant() {
        TextEncoder encoder = new HashTextEncoder();
        encoders.put(encoder.id(), encoder);
        return loaded(new HashPainter(config.constantDelay()), encoder, LoadedModel.Origin.NONE);
    }

    private ReleaseSettings releases() {
        WorkerConfig.Models models = config.models();
        return new ReleaseSettings(
                config.bootstrap(),
                settings.topics().models(),
                settings.topics().workers(),
                settings.name(),
                profile.name(),
                models.cache().orElseGet(this::ownCache),
                models.publicKey().map(ReleaseKeys::readPublic).orElse(null),
                models.mostBytes(),
                models.pinned(),
                models.beside(),
                models.fallback());
    }

    /**
     * Loads what is live and keeps to it from then on, if this worker follows releases. Waits for the brokers. Not to be
     * called again, nor once this is closed.
     *
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    @Override
    public void follow() {
        if (releases != null) {
            announcements = new Announcements(
                    releases, new FileBundleStore(config.models().store()), this::load, slots, settings.clock());
        }
    }

    /** In an image the worker's cache can be read only: then a folder that nobody can guess, gone with the container. */
    private Path ownCache() {
        Path cache = config.cache().resolve("bundles");
        try {
            if (Files.isWritable(Files.isDirectory(cache) ? cache : Files.createDirectories(config.cache()))) {
                return cache;
            }
            return Files.createTempDirectory("limner-bundles-");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "limner.worker.models.cache is not set, and there is no room for copies of bundles in " + cache
                            + " or in " + System.getProperty("java.io.tmpdir"),
                    e);
        }
    }

    private LoadedModel load(ModelBundle bundle) {
        ConvolutionSupport.on(device).require(bundle.manifest().generator().convolutions(sizes.largest()), false);
        TextEncoder encoder = encoders.computeIfAbsent(bundle.manifest().textEncoder(), this::encoder);
        return loaded(
                ModelPainter.load(bundle, device),
                encoder,
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }

    private TextEncoder encoder(String id) {
        PretrainedEncoder kind;
        try {
            kind = PretrainedEncoder.of(id);
        } catch (IllegalArgumentException e) {
            throw new BundleException(RefusalCode.ENCODER_UNKNOWN, String.valueOf(e.getMessage()), e);
        }
        int captions = config.text().cache();
        if (captions < 0) {
            throw new IllegalArgumentException("limner.worker.text.cache is " + captions + ", must be at least 0");
        }
        return new CachingTextEncoder(
                kind.load(config.cache(), settings.threads().text()), captions);
    }

    /** A model that fails here is tried again, again and again at the start: its native memory must not stay behind. */
    private LoadedModel loaded(Painter painter, TextEncoder encoder, LoadedModel.Origin origin) {
        try {
            return warm(painter, encoder, origin);
        } catch (RuntimeException | Error e) {
            painter.close();
            throw e;
        }
    }

    private LoadedModel warm(Painter painter, TextEncoder encoder, LoadedModel.Origin origin) {
        Optional<DrillPainter> trouble = drill.map(
                orders -> new DrillPainter(painter, orders, settings.drill().does(Sabotage.SWAP_PICTURES)));
        PictureEngine engine = PictureEngine.of(trouble.<Painter>map(one -> one).orElse(painter), sizes);
        trouble.ifPresent(DrillPainter::arm);
        TextEncoder reading = drill.<TextEncoder>map(orders -> new DrillEncoder(encoder, orders))
                .orElse(encoder);
        warmUp(reading, engine);
        return new LoadedModel(engine, reading, origin);
    }

    /** Loads what the first job would otherwise wait for; the engine has drawn its probes by now. */
    private static void warmUp(TextEncoder text, PictureEngine pictures) {
        RenderRequest request = new RenderRequest(text.encode("warm up").embedding(), 0, 0, 1);
        Provenance provenance = new Provenance("", "", "", 0, 0, 1, null);
        for (Pixels picture : pictures.draw(List.of(request))) {
            for (ImageFormat format : ImageFormat.values()) {
                ImageEncoder.encode(picture, format, provenance);
            }
        }
    }

    ModelSlots slots() {
        return slots;
    }

    /**
     * Done once the worker may draw: what is live is on the device, or nothing is announced. Of no meaning before
     * {@link #follow()}. Cancelled by {@link #close()}.
     */
    @Override
    public CompletableFuture<Void> ready() {
        Announcements following = announcements;
        return following == null ? CompletableFuture.completedFuture(null) : following.ready();
    }

    @Override
    public ReleaseReport report() {
        Announcements following = announcements;
        return following == null ? ReleaseReport.NONE : following;
    }

    ExecutionProfile profile() {
        return profile;
    }

    @Override
    public void close() {
        Announcements following = announcements;
        if (following != null) {
            following.close();
        }
        slots.close();
        encoders.values().forEach(TextEncoder::close);
    }
}
