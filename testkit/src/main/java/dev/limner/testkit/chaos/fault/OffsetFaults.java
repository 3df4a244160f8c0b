package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Committed offsets that are gone, or that carry more than their next owner would have let them. */
final class OffsetFaults {
    private static final Duration EMPTY_WITHIN = Duration.ofSeconds(20);
    private static final Duration CROWDED_WITHIN = Duration.ofSeconds(30);
    /** Characters of metadata beyond which a worker takes nothing more of a partition. */
    private static final int SOFT_CAP = 1 << 10;
    /**
     * Each costs a ledger two bytes, so that together they take more characters than that; fewer than
     * {@link TestCluster#BUFFER}, at which the worker stops to read.
     */
    private static final int OPEN = 420;

    private static final int DONE_EACH = 24;
    private static final String STUCK = "device-stuck";

    private OffsetFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("offsets-expired", OffsetFaults::expired),
                new Fault("handover-crowded", Fault.Need.NOTHING, true, OffsetFaults::crowded));
    }

    /** The fleet sleeps until the brokers have forgotten how far it was; what was answered must not be answered again. */
    private static Fault.Effect expired(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        IntStream.range(0, cluster.workers().count()).parallel().forEach(cluster.workers()::stop);
        long deadline = System.nanoTime() + EMPTY_WITHIN.toNanos();
        while (!cluster.cluster().members().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        for (String topic : cluster.topics().allJobs()) {
            cluster.offsets().forgive(cluster.cluster().partitionsOf(topic));
        }
        cluster.cluster().expireOffsets();
        cluster.workers().startAll();
        return Fault.Effect.now(true, busy);
    }

    /** A worker dies that has done thousands of records behind hundreds of open ones, and reads no more of their partition. */
    private static Fault.Effect crowded(TestCluster cluster, Random random) throws InterruptedException {
        TopicPartition partition =
                new TopicPartition(cluster.topics().jobs(Topics.Lane.INTERACTIVE), random.nextInt(4));
        int owner = -1;
        while (owner < 0) {
            owner = cluster.workers().index(cluster.cluster().ownerOf(partition));
            Thread.sleep(50);
        }
        ServiceProcess victim = cluster.workers().process(owner);
        String name = cluster.workers().nameOf(owner);
        cluster.load().hold(Topics.Lane.INTERACTIVE);
        cluster.orders().give(name, STUCK, "");
        cluster.bursts().striped(Topics.Lane.INTERACTIVE, partition.partition(), OPEN, DONE_EACH);
        boolean crowded = cluster.await(CROWDED_WITHIN, () -> cluster.offsets().ledgerLength(partition) > SOFT_CAP);
        boolean busy = cluster.busy();
        victim.kill();
        cluster.orders().takeBack(name, STUCK);
        cluster.load().release();
        Set<String> here = cluster.checker().unansweredAt(System.nanoTime());
        return Fault.Effect.now(crowded, busy && !here.isEmpty());
    }
}
