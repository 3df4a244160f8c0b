package dev.limner.testkit.chaos.fault;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Topics that are deleted and created again, and rights to them that are taken away and given back. */
final class TopicFaults {
    private static final Duration DRAIN_WITHIN = Duration.ofSeconds(20);
    private static final int UNREAD = 12;
    private static final int BAD = 8;
    private static final int PARTITIONS = 6;
    private static final int AWAY_MILLIS = 5000;
    private static final int STILL_MILLIS = 1500;

    private TopicFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("jobs-topic-recreated", TopicFaults::jobs),
                new Fault("dead-letters-recreated", TopicFaults::letters),
                new Fault("rights-lost", TopicFaults::rights));
    }

    /**
     * A lane's topic is deleted and created again while some of its jobs may still be unread: those are gone with it. Every
     * job of the new topic is to be answered, though its offsets are those of jobs that were.
     */
    private static Fault.Effect jobs(TestCluster cluster, Random random) throws InterruptedException {
        String topic = cluster.topics().jobs(Topics.Lane.BULK);
        cluster.load().hold(Topics.Lane.BULK);
        cluster.await(DRAIN_WITHIN, () -> cluster.checker().drained(topic));
        boolean busy = cluster.busy();
        cluster.bursts().plain(Topics.Lane.BULK, null, UNREAD);
        cluster.bursts().flush();
        cluster.checker().leave(topic);
        cluster.cluster().delete(topic);
        long deleted = System.currentTimeMillis();
        Thread.sleep(random.nextInt(2000));
        cluster.cluster().createMissing(PARTITIONS);
        cluster.offsets().forgive(cluster.cluster().partitionsOf(topic));
        cluster.checker().renewed(topic, deleted);
        long made = System.nanoTime();
        cluster.bursts().plain(Topics.Lane.BULK, null, UNREAD);
        cluster.load().release();
        return new Fault.Effect(true, busy, made);
    }

    /** No result of a job that cannot be generated may appear while its original has nowhere to go. */
    private static Fault.Effect letters(TestCluster cluster, Random random) throws InterruptedException {
        String topic = cluster.topics().deadLetters();
        boolean busy = cluster.busy();
        cluster.checker().leave(topic);
        cluster.cluster().delete(topic);
        long deleted = System.currentTimeMillis();
        cluster.bursts().bad(BAD);
        Thread.sleep(AWAY_MILLIS + random.nextInt(AWAY_MILLIS));
        cluster.cluster().createMissing(PARTITIONS);
        cluster.checker().renewed(topic, deleted);
        return Fault.Effect.now(true, busy);
    }

    private static Fault.Effect rights(TestCluster cluster, Random random) throws InterruptedException {
        String topic = random.nextBoolean()
                ? cluster.topics().results()
                : cluster.topics().deadLetters();
        cluster.cluster().denyWrites(topic);
        cluster.bursts().bad(BAD);
        Thread.sleep(AWAY_MILLIS / 2 + random.nextInt(AWAY_MILLIS));
        boolean busy = cluster.busy();
        int before = cluster.checker().account().answered();
        Thread.sleep(STILL_MILLIS);
        // The workers cannot publish what those jobs led to, so that nothing of theirs comes out either.
        boolean still = cluster.checker().account().answered() == before
                || topic.equals(cluster.topics().deadLetters());
        cluster.cluster().allowWrites(topic);
        return Fault.Effect.now(still, busy);
    }
}
