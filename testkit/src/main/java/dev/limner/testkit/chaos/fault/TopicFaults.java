package dev.limner.testkit.chaos.fault;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.arena.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Topics that are deleted and made again, and rights to them that are taken away and given back. */
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
                new Fault("jobs-topic-remade", TopicFaults::jobs),
                new Fault("letters-topic-remade", TopicFaults::letters),
                new Fault("rights-lost", TopicFaults::rights));
    }

    /**
     * A lane's topic is deleted and made again while some of its jobs may still be unread: those are gone with it. Every
     * job of the new topic is to be answered, though its offsets are those of jobs that were.
     */
    private static Fault.Effect jobs(TestCluster arena, Random random) throws InterruptedException {
        String topic = arena.topics().jobs(Topics.Lane.BULK);
        arena.load().hold(Topics.Lane.BULK);
        arena.await(DRAIN_WITHIN, () -> arena.checker().drained(topic));
        boolean busy = arena.busy();
        arena.bursts().plain(Topics.Lane.BULK, null, UNREAD);
        arena.bursts().flush();
        arena.checker().leave(topic);
        arena.cluster().delete(topic);
        long deleted = System.currentTimeMillis();
        Thread.sleep(random.nextInt(2000));
        arena.cluster().createMissing(PARTITIONS);
        arena.offsets().forgive(arena.cluster().partitionsOf(topic));
        arena.checker().renewed(topic, deleted);
        long made = System.nanoTime();
        arena.bursts().plain(Topics.Lane.BULK, null, UNREAD);
        arena.load().release();
        return new Fault.Effect(true, busy, made);
    }

    /** No result of a job that cannot be generated may appear while its original has nowhere to go. */
    private static Fault.Effect letters(TestCluster arena, Random random) throws InterruptedException {
        String topic = arena.topics().deadLetters();
        boolean busy = arena.busy();
        arena.checker().leave(topic);
        arena.cluster().delete(topic);
        long deleted = System.currentTimeMillis();
        arena.bursts().bad(BAD);
        Thread.sleep(AWAY_MILLIS + random.nextInt(AWAY_MILLIS));
        arena.cluster().createMissing(PARTITIONS);
        arena.checker().renewed(topic, deleted);
        return Fault.Effect.now(true, busy);
    }

    private static Fault.Effect rights(TestCluster arena, Random random) throws InterruptedException {
        String topic =
                random.nextBoolean() ? arena.topics().results() : arena.topics().deadLetters();
        arena.cluster().denyWrites(topic);
        arena.bursts().bad(BAD);
        Thread.sleep(AWAY_MILLIS / 2 + random.nextInt(AWAY_MILLIS));
        boolean busy = arena.busy();
        int before = arena.checker().account().answered();
        Thread.sleep(STILL_MILLIS);
        // The workers cannot publish what those jobs led to, so that nothing of theirs comes out either.
        boolean still = arena.checker().account().answered() == before
                || topic.equals(arena.topics().deadLetters());
        arena.cluster().allowWrites(topic);
        return Fault.Effect.now(still, busy);
    }
}
