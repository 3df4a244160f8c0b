package dev.limner.worker.service;

import ai.djl.Device;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.RefusalCode;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.config.WorkerConfig;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.model.AllowedPrograms;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import dev.limner.worker.model.SyntheticGenerator;
import dev.limner.worker.release.ModelAnnouncements;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.release.ReleaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a worker draws with: configuration to models on the device, kept up to date. Owns the encoders and the models. */
final class WorkerModels implements WorkerStart.Models, AutoCloseable {
    private final WorkerConfig config;
    private final WorkerSettings settings;
    private final AllowedPrograms programs;
    private final Device device;
    private final ExecutionProfile profile;
    private final BatchBuckets sizes;
    private final Map<String, TextEncoder> encoders = new ConcurrentHashMap<>();
    private final ModelCatalog slots;
    private final @Nullable ReleaseSettings releases;
    private volatile @Nullable ModelAnnouncements announcements;

    /**
     * Loads the model to start with; {@link #follow()} what is live. Without a model libtorch is not even loaded.
     *
     * @param device already resolved
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if this machine computes the model wrong
     */
    WorkerModels(WorkerConfig config, WorkerSettings settings, Device device, int torchThreads) {
        this.config = config;
        this.settings = settings;
        this.programs = new AllowedPrograms(config.models().programs().orElse(List.of()));
        this.device = device;
        this.sizes = config.batch().sizes().map(BatchBuckets::new).orElseGet(() -> BatchBuckets.suiting(device));
        boolean draws = config.generator() == WorkerConfig.Generator.MODEL;
        if (draws) {
            TorchThreads.set(torchThreads);
        }
        this.slots = new ModelCatalog(
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
        return loaded(new SyntheticGenerator(config.constantDelay()), encoder, LoadedModel.Origin.NONE);
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
                models.maxBytes(),
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
            announcements = new ModelAnnouncements(
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
        programs.require(bundle.manifest());
        ConvolutionSupport.on(device).require(bundle.manifest().generator().convolutions(sizes.largest()), false);
        String encoding = bundle.manifest().textEncoder();
        TextEncoder encoder = encoding == null ? null : encoders.computeIfAbsent(encoding, this::encoder);
        return loaded(
                ModelGenerator.load(bundle, device),
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
    private LoadedModel loaded(ImageGenerator generator, @Nullable TextEncoder encoder, LoadedModel.Origin origin) {
        try {
            return warm(generator, encoder, origin);
        } catch (RuntimeException | Error e) {
            generator.close();
            throw e;
        }
    }

    private LoadedModel warm(ImageGenerator generator, @Nullable TextEncoder encoder, LoadedModel.Origin origin) {
        BatchedGenerator engine = BatchedGenerator.of(settings.faults().generator(generator), sizes);
        TextEncoder reading = encoder == null ? null : settings.faults().textEncoder(encoder);
        warmUp(reading, engine);
        return new LoadedModel(engine, reading, origin);
    }

    /** Loads what the first job would otherwise wait for; the engine has generated its probes by now. */
    private static void warmUp(@Nullable TextEncoder text, BatchedGenerator images) {
        if (text != null) {
            var unused = text.encode("warm up");
        }
        Provenance provenance = new Provenance("", "", "", 0, 0, 1, null);
        for (Pixels image : images.probes(1)) {
            for (ImageFormat format : ImageFormat.values()) {
                ImageEncoder.encode(image, format, provenance);
            }
        }
    }

    ModelCatalog slots() {
        return slots;
    }

    /**
     * Done once the worker may generate: what is live is on the device, or nothing is announced. Of no meaning before
     * {@link #follow()}. Cancelled by {@link #close()}.
     */
    @Override
    public CompletableFuture<Void> ready() {
        ModelAnnouncements following = announcements;
        return following == null ? CompletableFuture.completedFuture(null) : following.ready();
    }

    @Override
    public ReleaseReport report() {
        ModelAnnouncements following = announcements;
        return following == null ? ReleaseReport.NONE : following;
    }

    ExecutionProfile profile() {
        return profile;
    }

    @Override
    public void close() {
        ModelAnnouncements following = announcements;
        if (following != null) {
            following.close();
        }
        slots.close();
        encoders.values().forEach(TextEncoder::close);
    }
}
