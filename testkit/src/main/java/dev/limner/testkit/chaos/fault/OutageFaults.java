package dev.limner.testkit.chaos.fault;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.TestCluster;
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
    private static Fault.Effect everything(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        int deaths = cluster.workers().deaths();
        for (int i = 0; i < cluster.brokers().count(); i++) {
            cluster.brokers().kill(i);
        }
        Thread.sleep(LONG_MILLIS);
        for (int i = 0; i < cluster.brokers().count(); i++) {
            cluster.brokers().restart(i);
        }
        cluster.brokers().awaitAll();
        if (cluster.workers().deaths() > deaths) {
            cluster.violations().add("a worker ended because the brokers were gone for a while");
        }
        return Fault.Effect.now(true, busy);
    }

    /** The only copy of one partition is on a broker that dies; then partitions change hands. */
    private static Fault.Effect partitionWithoutLeader(TestCluster cluster, Random random) throws InterruptedException {
        String topic = cluster.topics().jobs(Topics.Lane.STANDARD);
        int number = cluster.cluster().addPartition(Topics.Lane.STANDARD);
        TopicPartition alone = new TopicPartition(topic, number);
        int broker = 0;
        long deadline = System.nanoTime() + LED_WITHIN.toNanos();
        while (broker == 0 && System.nanoTime() < deadline) {
            Thread.sleep(100);
            broker = cluster.cluster().leaderOf(alone);
        }
        cluster.cluster().move(alone, List.of(broker));
        cluster.bursts().plain(Topics.Lane.STANDARD, number, JOBS);
        boolean busy = cluster.busy();
        cluster.brokers().kill(broker - 1);
        cluster.workers().process(random.nextInt(cluster.workers().count())).kill();
        for (int partition = 0; partition < ELSEWHERE; partition++) {
            cluster.bursts().plain(Topics.Lane.STANDARD, partition, JOBS);
        }
        Thread.sleep(1000);
        Set<String> others = cluster.checker().unansweredAt(System.nanoTime());
        others.removeIf(place -> place.startsWith(topic + "-" + number + "@"));
        if (!cluster.await(OTHERS_WITHIN, () -> cluster.checker().answered(others))) {
            cluster.violations().add("while " + alone + " had no leader, jobs of other partitions were not answered");
        }
        boolean leaderless = cluster.cluster().leaderOf(alone) == 0;
        cluster.brokers().restart(broker - 1);
        cluster.brokers().awaitAll();
        cluster.cluster().electUnclean(alone);
        long mended = System.nanoTime();
        cluster.cluster()
                .move(
                        alone,
                        IntStream.rangeClosed(1, cluster.brokers().count())
                                .boxed()
                                .toList());
        return new Fault.Effect(leaderless, busy, mended);
    }
}
