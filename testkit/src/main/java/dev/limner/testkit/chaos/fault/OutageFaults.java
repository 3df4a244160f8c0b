package dev.limner.testkit.chaos.fault;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.arena.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Brokers that are gone for long, or gone for one partition only. */
final class OutageFaults {
    private static final int LONG_MILLIS = 66_000;
    private static final Duration LED_WITHIN = Duration.ofSeconds(10);
    private static final Duration OTHERS_WITHIN = Duration.ofSeconds(45);
    private static final int JOBS = 10;
    private static final int ELSEWHERE = 6;

    private OutageFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("long-outage", Fault.Need.NOTHING, true, OutageFaults::everything),
                new Fault(
                        "partition-without-leader",
                        Fault.Need.THREE_BROKERS,
                        true,
                        OutageFaults::partitionWithoutLeader));
    }

    /** Every broker at once, for longer than most timeouts. */
    private static Fault.Effect everything(TestCluster arena, Random random) throws InterruptedException {
        boolean busy = arena.busy();
        int deaths = arena.workers().deaths();
        for (int i = 0; i < arena.brokers().count(); i++) {
            arena.brokers().kill(i);
        }
        Thread.sleep(LONG_MILLIS);
        for (int i = 0; i < arena.brokers().count(); i++) {
            arena.brokers().restart(i);
        }
        arena.brokers().awaitAll();
        if (arena.workers().deaths() > deaths) {
            arena.violations().add("a worker ended because the brokers were gone for a while");
        }
        return Fault.Effect.now(true, busy);
    }

    /** The only copy of one partition is on a broker that dies; then partitions change hands. */
    private static Fault.Effect partitionWithoutLeader(TestCluster arena, Random random) throws InterruptedException {
        String topic = arena.topics().jobs(Topics.Lane.STANDARD);
        int number = arena.cluster().addPartition(Topics.Lane.STANDARD);
        TopicPartition alone = new TopicPartition(topic, number);
        int broker = 0;
        long deadline = System.nanoTime() + LED_WITHIN.toNanos();
        while (broker == 0 && System.nanoTime() < deadline) {
            Thread.sleep(100);
            broker = arena.cluster().leaderOf(alone);
        }
        arena.cluster().move(alone, List.of(broker));
        arena.bursts().plain(Topics.Lane.STANDARD, number, JOBS);
        boolean busy = arena.busy();
        arena.brokers().kill(broker - 1);
        arena.workers().process(random.nextInt(arena.workers().count())).kill();
        for (int partition = 0; partition < ELSEWHERE; partition++) {
            arena.bursts().plain(Topics.Lane.STANDARD, partition, JOBS);
        }
        Thread.sleep(1000);
        Set<String> others = arena.checker().unansweredAt(System.nanoTime());
        others.removeIf(place -> place.startsWith(topic + "-" + number + "@"));
        if (!arena.await(OTHERS_WITHIN, () -> arena.checker().answered(others))) {
            arena.violations().add("while " + alone + " had no leader, jobs of other partitions were not answered");
        }
        boolean leaderless = arena.cluster().leaderOf(alone) == 0;
        arena.brokers().restart(broker - 1);
        arena.brokers().awaitAll();
        arena.cluster().electUnclean(alone);
        long mended = System.nanoTime();
        arena.cluster()
                .move(
                        alone,
                        IntStream.rangeClosed(1, arena.brokers().count())
                                .boxed()
                                .toList());
        return new Fault.Effect(leaderless, busy, mended);
    }
}
