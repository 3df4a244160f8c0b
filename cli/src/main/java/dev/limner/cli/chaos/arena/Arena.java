package dev.limner.cli.chaos.arena;

import dev.limner.cli.chaos.check.Checker;
import dev.limner.cli.chaos.check.OffsetWatch;
import dev.limner.cli.chaos.check.Redraw;
import dev.limner.cli.chaos.check.Violations;
import dev.limner.cli.fleet.Home;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A fleet to be broken: brokers behind proxies, workers that take orders to fail, load, and the checker. */
public final class Arena implements AutoCloseable {
    /** The workers' consumer group. */
    public static final String GROUP = "limner-workers";

    private static final int WORKERS = 3;
    private static final long TICK_MILLIS = 20;
    /** Metadata as nobody's ledger has it. */
    private static final String GARBAGE = "left behind by somebody else";

    private final Topics topics = Topics.DEFAULT;
    private final Violations violations = new Violations();
    private final BrokerNodes brokers;
    private final WorkerNodes workers;
    private final Orders orders;
    private final Load load;
    private final Checker checker;
    private final OffsetWatch offsets;
    private final @Nullable Redraw redraw;
    private final Path store;

    private Arena(Setup setup) throws InterruptedException {
        Path folder = setup.folder();
        this.store = folder.resolve("store");
        this.orders = new Orders(folder.resolve("orders"));
        this.brokers = BrokerNodes.start(setup.home(), folder, setup.brokers(), topics);
        this.offsets = new OffsetWatch(brokers.direct(), GROUP, topics, violations);
        leaveGarbage();
        this.redraw = setup.model()
                ? new Redraw(setup.home().defaultModel(), setup.home().cache())
                : null;
        this.checker = new Checker(brokers.direct(), topics, violations, redraw);
        Map<String, String> settings = new HashMap<>(Map.of(
                "limner.worker.bootstrap",
                brokers.detour(),
                "limner.worker.store.path",
                store.toString(),
                "limner.worker.streams",
                "3",
                "limner.worker.generator",
                setup.model() ? "model" : "constant",
                "limner.worker.constant-delay",
                "10ms",
                "limner.worker.drill.folder",
                orders.folder().toString()));
        if (!setup.sabotage().isEmpty()) {
            settings.put("limner.worker.drill.sabotage", setup.sabotage());
        }
        this.workers = WorkerNodes.start(setup.home(), WORKERS, settings, folder.resolve("logs"));
        this.load = new Load(brokers.direct(), topics, setup.jobs(), setup.seed());
    }

    /**
     * What to build.
     *
     * @param folder for everything; emptied before
     * @param sabotage a mistake that the workers are to make; empty for none
     * @param model whether the shipped model draws, or the constant generator paints
     */
    public record Setup(Home home, Path folder, int brokers, int jobs, long seed, String sabotage, boolean model) {}

    /** Starts everything; returns when the workers take jobs. */
    public static Arena start(Setup setup) throws InterruptedException {
        Arena arena = new Arena(setup);
        try {
            arena.workers.awaitReady();
            return arena;
        } catch (RuntimeException | InterruptedException e) {
            arena.close();
            throw e;
        }
    }

    private void leaveGarbage() throws InterruptedException {
        try {
            offsets.admin()
                    .alterConsumerGroupOffsets(
                            GROUP,
                            Map.of(
                                    new TopicPartition(topics.jobs(Topics.Lane.BULK), 1),
                                    new OffsetAndMetadata(0, GARBAGE)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("offsets cannot be set", e);
        }
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

    public Orders orders() {
        return orders;
    }

    public Load load() {
        return load;
    }

    public Checker checker() {
        return checker;
    }

    public OffsetWatch offsets() {
        return offsets;
    }

    public Violations violations() {
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

    /** Client ids of the group's members; empty if the brokers do not answer. */
    public List<String> members() throws InterruptedException {
        return group().stream().map(MemberDescription::clientId).toList();
    }

    /** The client id of a partition's owner; empty if it has none or the brokers do not answer. */
    public String ownerOf(TopicPartition partition) throws InterruptedException {
        return group().stream()
                .filter(member -> member.assignment().topicPartitions().contains(partition))
                .map(MemberDescription::clientId)
                .findFirst()
                .orElse("");
    }

    private List<MemberDescription> group() throws InterruptedException {
        try {
            return offsets
                    .admin()
                    .describeConsumerGroups(List.of(GROUP))
                    .all()
                    .get(3, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .flatMap(group -> group.members().stream())
                    .toList();
        } catch (ExecutionException | TimeoutException e) {
            return List.of();
        }
    }

    /** Adds a partition to a lane; its number. */
    public int addPartition(Topics.Lane lane) throws InterruptedException {
        String topic = topics.jobs(lane);
        try {
            int before =
                    offsets
                            .admin()
                            .describeTopics(List.of(topic))
                            .allTopicNames()
                            .get(10, TimeUnit.SECONDS)
                            .values()
                            .stream()
                            .mapToInt(description -> description.partitions().size())
                            .sum();
            offsets.admin()
                    .createPartitions(Map.of(topic, NewPartitions.increaseTo(before + 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            return before;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no partition could be added to " + topic, e);
        }
    }

    /**
     * Lets members come and go for a while, and for longer if they are given nothing.
     *
     * @param rides how often one must have been given partitions
     * @return how often one was
     */
    public int storm(String protocol, Duration duration, int rides) throws InterruptedException {
        List<Passenger> passengers = List.of(
                new Passenger(brokers.direct(), topics, GROUP, protocol),
                new Passenger(brokers.direct(), topics, GROUP, protocol));
        List<Thread> threads = passengers.stream()
                .map(passenger -> Thread.ofPlatform().daemon().start(passenger))
                .toList();
        Thread.sleep(duration);
        await(duration, () -> passengers.stream().mapToInt(Passenger::rides).sum() >= rides);
        passengers.forEach(Passenger::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        return passengers.stream().mapToInt(Passenger::rides).sum();
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

    /** Pictures drawn again and compared; 0 where the constant generator paints. */
    public int redrawn() {
        return redraw == null ? 0 : redraw.drawn();
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        if (workers != null) {
            workers.close();
        }
        if (checker != null) {
            checker.close();
        }
        if (offsets != null) {
            offsets.close();
        }
        if (redraw != null) {
            redraw.close();
        }
        if (brokers != null) {
            brokers.close();
        }
    }
}
