package dev.limner.testkit.chaos.cluster;

import dev.limner.broker.FleetTopics;
import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.check.DeliveryChecker;
import dev.limner.testkit.chaos.check.OffsetWatch;
import dev.limner.testkit.chaos.check.RegenerationCheck;
import dev.limner.testkit.chaos.check.ViolationLog;
import dev.limner.testkit.fault.KitSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A fleet to be broken: brokers behind proxies, workers that take orders to fail, load, and the checker. */
public final class TestCluster implements AutoCloseable {
    /** Jobs of a lane that a worker keeps waiting: so many that their ledger comes to its bound before. */
    public static final int BUFFER = 512;

    private static final long TICK_MILLIS = 20;
    /** Metadata as nobody's ledger has it. */
    private static final String GARBAGE = "left behind by somebody else";

    private final Setup setup;
    private final Topics topics;
    private final ViolationLog violations = new ViolationLog();
    private final BrokerNodes brokers;
    private final WorkerNodes workers;
    private final FaultCommands orders;
    private final RecordSender sender;
    private final SteadyLoad load;
    private final BurstLoad bursts;
    private final DeliveryChecker checker;
    private final OffsetWatch offsets;
    private final ClusterAdmin cluster;
    private final @Nullable RegenerationCheck redraw;
    private final Path store;

    private TestCluster(Setup setup, BrokerNodes brokers) throws InterruptedException {
        this.setup = setup;
        this.brokers = brokers;
        this.topics = setup.topics();
        Path folder = setup.folder();
        String group = setup.topics().prefix() + "-workers";
        this.store = folder.resolve("store");
        this.orders = new FaultCommands(folder.resolve("orders"));
        FleetTopics.create(brokers.direct(), topics, BrokerNodes.PARTITIONS, (short) -1);
        this.offsets = new OffsetWatch(brokers.direct(), group, topics, violations);
        this.cluster = new ClusterAdmin(offsets.admin(), brokers.direct(), topics, group);
        cluster.commit(new TopicPartition(topics.jobs(Topics.Lane.BULK), 1), 0, GARBAGE);
        this.redraw = setup.model()
                ? new RegenerationCheck(
                        setup.home().defaultModel(), setup.home().cache())
                : null;
        Set<String> names = IntStream.rangeClosed(1, setup.workers())
                .mapToObj(WorkerNodes::name)
                .collect(Collectors.toSet());
        this.checker = new DeliveryChecker(
                brokers.direct(),
                topics,
                violations,
                redraw,
                new DeliveryChecker.Fleet(setup.previous() != null, names));
        this.sender = new RecordSender(brokers.direct(), topics);
        this.bursts = new BurstLoad(sender);
        this.load = new SteadyLoad(
                sender, setup.jobs(), !setup.sabotage().isEmpty(), setup.previous() != null, setup.seed());
        Map<String, String> settings = new HashMap<>();
        settings.put("limner.worker.intake.buffer", String.valueOf(BUFFER));
        settings.putAll(Map.of(
                "limner.worker.bootstrap",
                brokers.detour(),
                "limner.worker.topic-prefix",
                topics.prefix(),
                "limner.worker.group",
                group,
                "limner.worker.store.path",
                store.toString(),
                "limner.worker.streams",
                "3",
                "limner.worker.generator",
                setup.model() ? "model" : "constant",
                "limner.worker.constant-delay",
                "10ms"));
        if (!setup.sabotage().isEmpty()) {
            settings.put(KitSettings.property(KitSettings.WORKER, KitSettings.SABOTAGE), setup.sabotage());
        }
        ProjectLayout first = setup.previous() == null ? setup.home() : setup.previous();
        this.workers = WorkerNodes.start(
                setup.home(), first, setup.workers(), settings, orders.folder(), folder.resolve("logs"));
    }

    /**
     * What to build.
     *
     * @param folder for everything; emptied before
     * @param topics whose prefix no other cluster on the same brokers has
     * @param workers how many
     * @param jobs to be sent
     * @param sabotage a seeded bug for the workers; empty for none
     * @param model whether the shipped model generates, or the constant generator
     * @param previous an earlier release's built checkout, whose workers are the first; null for none
     */
    public record Setup(
            ProjectLayout home,
            Path folder,
            Topics topics,
            int workers,
            int jobs,
            long seed,
            String sabotage,
            boolean model,
            @Nullable ProjectLayout previous) {}

    /**
     * Starts everything but the brokers; returns when the workers take jobs.
     *
     * @param brokers stay the caller's
     */
    public static TestCluster start(Setup setup, BrokerNodes brokers) throws InterruptedException {
        TestCluster cluster = new TestCluster(setup, brokers);
        try {
            cluster.workers.awaitReady();
            return cluster;
        } catch (RuntimeException | InterruptedException e) {
            cluster.close();
            throw e;
        }
    }

    /** This release. */
    public ProjectLayout home() {
        return setup.home();
    }

    /** The earlier release that takes part; null for none. */
    public @Nullable ProjectLayout previous() {
        return setup.previous();
    }

    public Topics topics() {
        return topics;
    }

    public BrokerNodes brokers() {
        return brokers;
    }

    public WorkerNodes workers() {
        return workers;
    }

    public FaultCommands orders() {
        return orders;
    }

    public SteadyLoad load() {
        return load;
    }

    public BurstLoad bursts() {
        return bursts;
    }

    public DeliveryChecker checker() {
        return checker;
    }

    public OffsetWatch offsets() {
        return offsets;
    }

    public ClusterAdmin cluster() {
        return cluster;
    }

    public ViolationLog violations() {
        return violations;
    }

    /** Whether jobs are waiting or on their way right now. */
    public boolean busy() {
        return checker.inFlight() > 0;
    }

    /** Waits for something; whether it came in time. */
    public boolean await(Duration within, BooleanSupplier what) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(TICK_MILLIS);
        }
        return true;
    }

    /**
     * Lets members come and go for a while, and for longer if they are given nothing.
     *
     * @param rides how often one must have been given partitions
     * @return how often one was
     */
    public int storm(String protocol, Duration duration, int rides) throws InterruptedException {
        List<ChurningConsumer> passengers = List.of(
                new ChurningConsumer(brokers.direct(), topics, topics.prefix() + "-workers", protocol),
                new ChurningConsumer(brokers.direct(), topics, topics.prefix() + "-workers", protocol));
        List<Thread> threads = passengers.stream()
                .map(churn -> Thread.ofPlatform().daemon().start(churn))
                .toList();
        Thread.sleep(duration);
        await(
                duration,
                () -> passengers.stream().mapToInt(ChurningConsumer::rides).sum() >= rides);
        passengers.forEach(ChurningConsumer::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        return passengers.stream().mapToInt(ChurningConsumer::rides).sum();
    }

    /** Files that a put began and never finished. */
    public List<Path> temporaryFiles() {
        if (!Files.isDirectory(store)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the store cannot be listed", e);
        }
    }

    /** Images generated again and compared; 0 with the constant generator. */
    public int redrawn() {
        return redraw == null ? 0 : redraw.generated();
    }

    @Override
    public void close() {
        load.close();
        sender.close();
        workers.kill();
        checker.close();
        offsets.close();
        if (redraw != null) {
            redraw.close();
        }
    }
}
