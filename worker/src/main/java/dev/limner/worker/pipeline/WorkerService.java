package dev.limner.worker.pipeline;

import ai.djl.Device;
import dev.limner.generator.arithmetic.UnsupportedArithmeticException;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.protocol.Topics;
import dev.limner.protocol.store.StoreFleets;
import dev.limner.protocol.text.NativeEncoding;
import dev.limner.worker.config.WorkerConfig;
import dev.limner.worker.drill.Drill;
import dev.limner.worker.drill.DrillClock;
import dev.limner.worker.drill.DrillDisk;
import dev.limner.worker.drill.DrillStore;
import dev.limner.worker.drill.HastyImageStore;
import dev.limner.worker.drill.Sabotage;
import dev.limner.worker.fault.CrashPoint;
import dev.limner.worker.intake.ClusterId;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.lifecycle.Closing;
import dev.limner.worker.lifecycle.FatalErrors;
import dev.limner.worker.lifecycle.LastResort;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.schedule.BatchSettings;
import dev.limner.worker.store.Disk;
import dev.limner.worker.store.FileStore;
import dev.limner.worker.store.ImageStore;
import dev.limner.worker.store.LocalDisk;
import dev.limner.worker.store.MarkedImageStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's life inside Quarkus: configuration to a running {@link WorkerRuntime}, and down again on SIGTERM. */
@ApplicationScoped
public class WorkerService {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

    /** What Quarkus and its channels are left with. */
    private static final Duration FRAMEWORK_CLOSE = Duration.ofMillis(900);

    private final WorkerConfig config;
    private final MeterRegistry registry;
    private final String version;
    private @Nullable WorkerModels models;
    private @Nullable FileStore store;
    private volatile @Nullable WorkerRuntime runtime;
    private final FatalErrors errors = new FatalErrors();
    private volatile boolean failed;
    private volatile boolean waiting;
    private volatile boolean stopped;
    /** Held while a runtime is made: models that it may be given must not be closed meanwhile. */
    private final ReentrantLock beginning = new ReentrantLock();

    WorkerService(
            WorkerConfig config,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.config = config;
        this.registry = registry;
        this.version = version;
    }

    void start(@Observes StartupEvent event) {
        errors.watchProcess();
        NativeEncoding.complaint().ifPresent(LOG::warn);
        boolean draws = config.generator() == WorkerConfig.Generator.MODEL;
        // Without a model libtorch is not even loaded.
        Device device = draws ? DeviceChoice.resolve(config.device()) : Device.cpu();
        int cores = Runtime.getRuntime().availableProcessors();
        int torchThreads = config.threads() == 0 ? cores : config.threads();
        String name = config.name().orElseGet(WorkerService::defaultName);
        Optional<Drill> drill = config.drill().folder().map(folder -> new Drill(folder.resolve(name)));
        WorkerSettings settings = settings(name, drill, StageThreads.on(device, cores, torchThreads, config.streams()));
        WorkerModels drawing;
        try {
            drawing = new WorkerModels(config, settings, drill, device, torchThreads);
        } catch (UnsupportedArithmeticException e) {
            LOG.atError().addKeyValue("error", e.getMessage()).log("this machine is refused");
            failed = true;
            Quarkus.asyncExit(1);
            return;
        }
        models = drawing;
        boolean forgets = settings.drill().does(Sabotage.SKIP_FSYNC);
        FileStore files = new FileStore(
                config.store().path(),
                forgets ? FileStore.Durability.OS : config.store().durability(),
                settings.name(),
                drill.<Disk>map(DrillDisk::new).orElseGet(LocalDisk::new));
        store = files;
        ImageStore marked =
                new MarkedImageStore(files, new StoreFleets(config.store().path()), this::fleet);
        ImageStore told = settings.drill().does(Sabotage.PUBLISH_BEFORE_STORE) ? new HastyImageStore(marked) : marked;
        boolean truncates = settings.drill().does(Sabotage.TRUNCATE_ORIGINALS);
        ImageStore objects = drill.<ImageStore>map(orders -> new DrillStore(told, orders, truncates))
                .orElse(told);
        if (drawing.ready().isDone()) {
            begin(settings, drawing, objects, device);
        } else {
            // A worker without the live release owns no partitions: those who have it draw the jobs.
            waiting = true;
            errors.thread("limner-start", () -> beginWhenReady(settings, drawing, objects, device))
                    .start();
        }
    }

    private StoreFleets.Fleet fleet() {
        return new StoreFleets.Fleet(ClusterId.of(config.bootstrap()), config.topicPrefix(), config.bootstrap());
    }

    private void beginWhenReady(WorkerSettings settings, WorkerModels drawing, ImageStore objects, Device device) {
        try {
            drawing.ready().join();
            begin(settings, drawing, objects, device);
        } catch (CancellationException e) {
            LOG.debug("stopped before the live release was there");
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the worker cannot start");
            failed = true;
            Quarkus.asyncExit(1);
        } finally {
            waiting = false;
        }
    }

    private void begin(WorkerSettings settings, WorkerModels drawing, ImageStore objects, Device device) {
        beginning.lock();
        try {
            if (!stopped) {
                take(settings, drawing, objects, device);
            }
        } finally {
            beginning.unlock();
        }
    }

    /** Whether no runtime is being made; waits for one that is. */
    private boolean begun(StopBudget budget) {
        try {
            return beginning.tryLock(budget.left().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void take(WorkerSettings settings, WorkerModels drawing, ImageStore objects, Device device) {
        WorkerRuntime started = new WorkerRuntime(
                settings,
                drawing.slots(),
                drawing.report(),
                objects,
                device.toString(),
                drawing.profile(),
                registry,
                errors);
        runtime = started;
        errors.thread("limner-watch", () -> exitWhenFailed(started)).start();
        LOG.atInfo()
                .addKeyValue("worker", settings.name())
                .addKeyValue("model", drawing.slots().serving().model())
                .addKeyValue("profile", drawing.profile().name())
                .log("worker started");
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

    private WorkerSettings settings(String name, Optional<Drill> drill, StageThreads threads) {
        Topics topics = new Topics(config.topicPrefix());
        Clock skewed = Clock.offset(Clock.systemUTC(), config.drill().clockSkew());
        Clock clock = drill.<Clock>map(orders -> new DrillClock(skewed, orders)).orElse(skewed);
        return new WorkerSettings(
                name,
                topics,
                new IntakeSettings(
                        config.bootstrap(),
                        name,
                        config.group(),
                        config.groupProtocol(),
                        topics.allJobs(),
                        config.intake().buffer(),
                        config.intake()
                                .maxPendingBytes()
                                .orElseGet(() -> IntakeSettings.pendingBytesSuiting(
                                        Runtime.getRuntime().maxMemory()))),
                config.intake().recentIds(),
                new BatchSettings(config.batch().maxSize(), config.batch().linger()),
                LedgerSettings.DEFAULT.withVersion(config.ledgerVersion()),
                threads,
                new PublishSettings(
                        config.bootstrap(),
                        config.group() + "-" + name,
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/" + name,
                        name,
                        config.group(),
                        topics.allJobs(),
                        config.publish().mostBytes(),
                        config.commitInterval(),
                        config.publish().within(),
                        clock),
                "Limner " + version,
                config.writeCaptions(),
                new WorkerSettings.Limits(config.stopWithin(), config.revokeWithin(), config.deviceOutage()),
                clock,
                new WorkerSettings.Drill(
                        drill.<CrashPoint.Watch>map(orders -> orders).orElse(CrashPoint.Watch.NONE),
                        config.drill().sabotage().orElse(Set.of())));
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

    /** Whether the worker is waiting for the live release before it takes jobs. */
    public boolean waiting() {
        return waiting;
    }

    /** Why nothing moves, for people; empty if something does or the worker still loads what it starts with. */
    public List<String> obstacles() {
        WorkerRuntime running = runtime;
        if (running != null) {
            return running.obstacles();
        }
        // The models are there before anybody waits for them.
        WorkerModels announced = waiting ? models : null;
        return announced == null
                ? List.of()
                : Stream.concat(
                                Stream.of("the live release is not to be had: no jobs are taken until it is"),
                                announced.report().refused().stream()
                                        .map(refusal -> refusal.digest() + " is refused: " + refusal.reason()))
                        .toList();
    }

    /** Whether the worker ended because it could not go on. */
    public boolean failed() {
        return failed;
    }

    /** SIGTERM. Everything in here is over within {@code stop-within}, or the process ends as it is. */
    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        StopBudget process = new StopBudget(config.stopWithin());
        LastResort.after(process, config.stopWithin());
        StopBudget budget = new StopBudget(process.atMost(config.stopWithin().minus(FRAMEWORK_CLOSE)));
        boolean begun = begun(budget);
        WorkerRuntime running = runtime;
        boolean unused = begun && (running == null || running.close(budget));
        List<AutoCloseable> rest = new ArrayList<>();
        if (store != null) {
            rest.add(store);
        }
        if (models != null && unused) {
            // Native memory that a thread still draws in must not go.
            rest.add(models);
        }
        boolean closed = Closing.all(budget, rest);
        LOG.atInfo().addKeyValue("clean", unused && closed).log("worker ended");
    }
}
