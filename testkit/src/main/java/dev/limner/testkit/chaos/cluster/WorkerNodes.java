package dev.limner.testkit.chaos.cluster;

import dev.limner.broker.FreePorts;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.testkit.fault.KitSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Workers as processes, each started again when it ends, as a supervisor would. */
public final class WorkerNodes implements AutoCloseable {
    private static final long RESTART_AFTER_MILLIS = 500;

    private final ProjectLayout home;
    private final Map<String, String> settings;
    private final Path orders;
    private final Path logs;
    private final List<Slot> slots = new ArrayList<>();
    private final AtomicInteger deaths = new AtomicInteger();
    private volatile boolean closed;

    private static final class Slot {
        private final String name;
        private ProjectLayout build;
        private ServiceProcess process;
        private Map<String, String> extra = Map.of();
        private boolean wanted = true;

        Slot(String name, ProjectLayout build, ServiceProcess process) {
            this.name = name;
            this.build = build;
            this.process = process;
        }
    }

    private WorkerNodes(ProjectLayout home, Map<String, String> settings, Path orders, Path logs) {
        this.home = home;
        this.settings = Map.copyOf(settings);
        this.orders = orders;
        this.logs = logs;
    }

    /**
     * Starts workers; they are ready when {@link #awaitReady} returns.
     *
     * @param build whose workers
     * @param settings of workers and fault kit
     * @param orders has a folder for each worker
     */
    static WorkerNodes start(
            ProjectLayout home, ProjectLayout build, int count, Map<String, String> settings, Path orders, Path logs) {
        WorkerNodes workers = new WorkerNodes(home, settings, orders, logs);
        for (int i = 1; i <= count; i++) {
            String name = name(i);
            Slot slot = new Slot(name, build, workers.launch(name, build, Map.of()));
            workers.slots.add(slot);
            workers.watch(slot, slot.process);
        }
        return workers;
    }

    private ServiceProcess launch(String name, ProjectLayout build, Map<String, String> extra) {
        Map<String, String> all = new HashMap<>(settings);
        // Another build's worker leaves nothing in its own folders.
        all.put("limner.worker.cache", home.cache().toString());
        all.put(
                KitSettings.property(KitSettings.WORKER, KitSettings.ORDERS),
                orders.resolve(name).toString());
        all.putAll(extra);
        return ServiceProcess.worker(
                build, name, FaultInjection.settings(build, KitSettings.WORKER, all), FreePorts.next(), logs);
    }

    private void watch(Slot slot, ServiceProcess process) {
        var unused = process.ended().thenRunAsync(() -> {
            try {
                Thread.sleep(RESTART_AFTER_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            revive(slot, process);
        });
    }

    private synchronized void revive(Slot slot, ServiceProcess ended) {
        if (!closed && slot.wanted && slot.process == ended) {
            deaths.incrementAndGet();
            slot.process = launch(slot.name, slot.build, slot.extra);
            watch(slot, slot.process);
        }
    }

    public void awaitReady() throws InterruptedException {
        for (int i = 0; i < slots.size(); i++) {
            process(i).awaitReady();
        }
    }

    /** What a worker is called, from 1. */
    static String name(int number) {
        return "worker-" + number;
    }

    public int count() {
        return slots.size();
    }

    public String nameOf(int index) {
        return slots.get(index).name;
    }

    /** Which worker has a name; -1 for none. */
    public int index(String name) {
        return slots.stream().map(slot -> slot.name).toList().indexOf(name);
    }

    /** The process that runs now, or has just ended. */
    public synchronized ServiceProcess process(int index) {
        return slots.get(index).process;
    }

    /** How often a worker ended without having been asked to. */
    public int deaths() {
        return deaths.get();
    }

    /** SIGTERM, then a new process; returns when that takes jobs. */
    public void restart(int index, Map<String, String> extra) throws InterruptedException {
        stop(index);
        start(index, extra);
        process(index).awaitReady();
    }

    /** SIGTERM, then a process of a build; returns when that takes jobs. */
    public void replace(int index, ProjectLayout build) throws InterruptedException {
        stop(index);
        use(index, build);
        start(index, Map.of());
        process(index).awaitReady();
    }

    /** The next process of a worker is one of a build. */
    public synchronized void use(int index, ProjectLayout build) {
        slots.get(index).build = build;
    }

    /** The next process of a worker, whatever ends this one, has ordinary settings. */
    public synchronized void forgetSettings(int index) {
        slots.get(index).extra = Map.of();
    }

    /** SIGTERM, without a new process. */
    public void stop(int index) {
        ServiceProcess leaving;
        synchronized (this) {
            slots.get(index).wanted = false;
            leaving = slots.get(index).process;
        }
        leaving.close();
    }

    /** Starts a stopped worker. */
    public synchronized void start(int index, Map<String, String> extra) {
        Slot slot = slots.get(index);
        slot.extra = Map.copyOf(extra);
        slot.wanted = true;
        slot.process = launch(slot.name, slot.build, slot.extra);
        watch(slot, slot.process);
    }

    /** Starts all stopped workers; returns when they take jobs. */
    public void startAll() throws InterruptedException {
        for (int i = 0; i < slots.size(); i++) {
            start(i, Map.of());
        }
        awaitReady();
    }

    /** Stops every worker and starts all with other settings; returns when all take jobs. */
    public void restartAll(Map<String, String> extra) throws InterruptedException {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            all.add(i);
        }
        all.parallelStream().forEach(this::stop);
        all.forEach(index -> start(index, extra));
        awaitReady();
    }

    /** SIGKILL to all, for good. */
    public void kill() {
        List<ServiceProcess> all;
        synchronized (this) {
            closed = true;
            all = slots.stream().map(slot -> slot.process).toList();
        }
        all.parallelStream().forEach(ServiceProcess::kill);
    }

    /** SIGTERM to all. */
    @Override
    public void close() {
        List<ServiceProcess> leaving;
        synchronized (this) {
            closed = true;
            leaving = slots.stream().map(slot -> slot.process).toList();
        }
        leaving.parallelStream().forEach(ServiceProcess::close);
    }
}
