package dev.limner.worker.service;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.protocol.text.NativeEncoding;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.FleetMarks;
import dev.limner.store.file.LocalDisk;
import dev.limner.store.file.MarkedStore;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.config.WorkerConfig;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.health.WorkerVitals;
import dev.limner.worker.intake.ClusterId;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.lifecycle.LastResort;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.pipeline.WorkerRuntime;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.schedule.BatchSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's life inside Quarkus: configuration to a running {@link WorkerRuntime}, and down again on SIGTERM. */
@ApplicationScoped
public class WorkerService implements WorkerVitals {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

    /** What Quarkus and its channels are left with at least, and the part of a shutdown that they are left with. */
    private static final Duration FRAMEWORK_CLOSE = Duration.ofMillis(900);

    private static final int FRAMEWORK_SHARE = 10;

    private final WorkerConfig config;
    private final MeterRegistry registry;
    private final String version;
    private final FatalErrors errors = new FatalErrors("worker");
    private @Nullable WorkerModels models;
    private @Nullable FileStore store;
    private volatile @Nullable WorkerStart start;
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

    /** What cannot start ends the process and says why in one line, the last that is logged as an error. */
    void start(@Observes StartupEvent event) {
        errors.watchProcess();
        NativeEncoding.complaint().ifPresent(LOG::warn);
        try {
            open();
        } catch (RuntimeException e) {
            if (!isExplained(e)) {
                throw e;
            }
            cannotStart(e);
        }
    }

    /** Whether the message says all that people need. */
    private static boolean isExplained(Throwable why) {
        return why instanceof IllegalArgumentException
                || why instanceof IllegalStateException
                || why instanceof UncheckedIOException
                || why instanceof BundleException;
    }

    /** Whether the process is told to end already; if not, its start has no longer than {@code stop-within} from then. */
    private boolean isStopping() {
        try {
            // Quarkus tells of a shutdown only what has started, and a model may take long to load.
            Runtime.getRuntime().addShutdownHook(new Thread(this::cutOffStart, "limner-stop-early"));
            return false;
        } catch (IllegalStateException e) {
            LOG.debug("stopped before it has started");
            return true;
        }
    }

    private void cutOffStart() {
        // What has started is told by Quarkus.
        if (start == null) {
            LastResort.after(new StopBudget(config.stopWithin()), config.stopWithin());
        }
    }

    private void open() {
        boolean draws = config.generator() == WorkerConfig.Generator.MODEL;
        // Without a model libtorch is not even loaded.
        Device device = draws ? DeviceChoice.resolve(config.device()) : Device.cpu();
        int cores = Runtime.getRuntime().availableProcessors();
        int torchThreads = config.threads() == 0 ? cores : config.threads();
        String name = config.name().orElseGet(WorkerService::defaultName);
        FaultPoints faults = FaultPoints.ofProcess();
        WorkerSettings settings =
                settings(name, faults, StageThreads.on(device, cores, torchThreads, config.streams()));
        if (isStopping()) {
            return;
        }
        WorkerModels drawing = new WorkerModels(config, settings, device, torchThreads);
        models = drawing;
        FileStore files = new FileStore(
                config.store().path(), config.store().durability(), settings.name(), faults.disk(new LocalDisk()));
        store = files;
        ObjectStore marked =
                new MarkedStore(files, new FleetMarks(config.store().path()), () -> fleet(name));
        ObjectStore objects = faults.store(marked);
        WorkerStart starting = new WorkerStart(
                settings,
                device.toString(),
                drawing.profile().name(),
                drawing,
                () -> take(settings, drawing, objects, device),
                this::cannotStart,
                registry,
                errors);
        start = starting;
        starting.begin();
    }

    private FleetMarks.Fleet fleet(String client) {
        return new FleetMarks.Fleet(ClusterId.of(config.bootstrap(), client), config.topicPrefix(), config.bootstrap());
    }

    private void cannotStart(Throwable thrown) {
        Throwable cause = thrown.getCause();
        Throwable why = thrown instanceof ExecutionException && cause != null ? cause : thrown;
        if (isExplained(why)) {
            LOG.atError().addKeyValue("error", why.getMessage()).log("the worker cannot start");
            LOG.atDebug().setCause(why).log("stack trace of the failure to start");
        } else {
            LOG.atError().setCause(why).log("the worker cannot start");
        }
        failed = true;
        Quarkus.asyncExit(1);
    }

    private void take(WorkerSettings settings, WorkerModels drawing, ObjectStore objects, Device device) {
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

    private WorkerSettings settings(String name, FaultPoints faults, StageThreads threads) {
        Topics topics = new Topics(config.topicPrefix());
        Clock clock = faults.clock(Clock.systemUTC());
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
                        config.publish().maxBytes(),
                        config.commitInterval(),
                        config.publish().within(),
                        clock),
                "Limner " + version,
                config.writeCaptions(),
                new WorkerSettings.Limits(config.stopWithin(), config.revokeWithin(), config.deviceOutage()),
                clock,
                faults);
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
    private Optional<WorkerRuntime> runtime() {
        return Optional.ofNullable(runtime);
    }

    /** What the worker says of itself; empty while it has nothing to say, or nobody to say it to. */
    public Optional<WorkerStatus> status() {
        WorkerStart starting = start;
        return runtime().map(WorkerRuntime::status).or(() -> starting == null ? Optional.empty() : starting.status());
    }

    @Override
    public boolean loaded() {
        return start != null;
    }

    @Override
    public boolean brokersAnswer() {
        WorkerStart starting = start;
        return runtime().map(WorkerRuntime::brokersAnswer).orElse(starting != null && starting.brokersAnswer());
    }

    @Override
    public List<String> obstacles() {
        WorkerRuntime running = runtime;
        WorkerStart starting = start;
        if (running != null) {
            return running.obstacles();
        }
        return starting == null ? List.of() : starting.obstacles();
    }

    @Override
    public boolean alive() {
        return runtime().map(WorkerRuntime::alive).orElse(!failed);
    }

    @Override
    public boolean taking() {
        return runtime().map(WorkerRuntime::taking).orElse(false);
    }

    /** SIGTERM. Everything in here is over within {@code stop-within}, or the process ends as it is. */
    void stop(@Observes ShutdownEvent event) {
        StopBudget process = new StopBudget(config.stopWithin());
        LastResort.after(process, config.stopWithin());
        Duration share = config.stopWithin().dividedBy(FRAMEWORK_SHARE);
        Duration framework = share.compareTo(FRAMEWORK_CLOSE) > 0 ? share : FRAMEWORK_CLOSE;
        StopBudget budget = new StopBudget(process.atMost(config.stopWithin().minus(framework)));
        WorkerStart starting = start;
        boolean begun = starting == null || starting.end(budget);
        WorkerRuntime running = runtime;
        boolean unused = begun && (running == null || running.close(budget));
        List<AutoCloseable> rest = new ArrayList<>();
        if (store != null) {
            rest.add(store);
        }
        if (models != null && unused) {
            // Native memory that a thread still generates with must not go.
            rest.add(models);
        }
        boolean closed = ParallelClose.all(budget, rest);
        LOG.atInfo().addKeyValue("clean", unused && closed).log("worker ended");
    }
}
