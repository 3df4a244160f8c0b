package dev.limner.testkit.chaos.check;

import dev.limner.protocol.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows the group's committed offsets and ledgers: what is done stays done, and every partition with work moves. One
 * thread looks; everything else is safe from any thread.
 */
public final class OffsetWatch implements AutoCloseable {
    /** Says of every partition that is not stable that it is passed over, in every look. */
    private static final Logger PASSED_OVER =
            Logger.getLogger("org.apache.kafka.clients.admin.internals.ListConsumerGroupOffsetsHandler");

    private static final long EVERY_MILLIS = 150;
    private static final long ANSWER_WITHIN_SECONDS = 5;
    private static final double MOVE_WITHIN_SECONDS = 30;

    private final Admin admin;
    private final String group;
    private final Topics topics;
    private final ViolationLog violations;
    private final Map<TopicPartition, CommittedWork> work = new HashMap<>();
    private final Map<TopicPartition, Long> moved = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Set<TopicPartition> stalled = new HashSet<>();
    private final ForgivenPartitions forgiven = new ForgivenPartitions();
    private final Set<Integer> versions = new HashSet<>();
    private final Thread thread;
    private volatile boolean stopped;
    private long calmSince = System.nanoTime();
    private boolean calm = true;
    private int looks;
    private int outOfOrder;

    public OffsetWatch(String bootstrap, String group, Topics topics, ViolationLog violations) {
        PASSED_OVER.setLevel(Level.SEVERE);
        this.group = group;
        this.topics = topics;
        this.violations = violations;
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 3000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5000));
        this.thread = Thread.ofPlatform().name("offsets").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!stopped) {
                Thread.sleep(EVERY_MILLIS);
                try {
                    look();
                } catch (ExecutionException | TimeoutException e) {
                    // The brokers are unavailable; the next look says more.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException, ExecutionException, TimeoutException {
        // Stable ones: brokers that have just come back tell others of before they went, until their copies have caught
        // up.
        // Partitions with a transaction on its way are told with a later look.
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                        group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata()
                .get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        admin.describeTopics(topics.allJobs())
                .allTopicNames()
                .get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition ->
                                asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> latest = admin.listOffsets(
                        asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        note(committed, latest);
    }

    private synchronized void note(
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> latest) {
        looks++;
        long now = System.nanoTime();
        latest.forEach((partition, end) -> ends.put(partition, end.offset()));
        committed.forEach((partition, found) -> {
            if (found == null) {
                return;
            }
            CommittedWork next = CommittedWork.of(found.offset(), found.metadata());
            CommittedWork before = work.put(partition, next);
            versions.add(next.version());
            if (!next.beyond().isEmpty()) {
                outOfOrder++;
            }
            if (before == null || !before.equals(next)) {
                moved.put(partition, now);
                stalled.remove(partition);
            }
            long lost = before == null ? -1 : next.lostSince(before);
            if (lost >= 0 && !forgiven.take(partition)) {
                violations.add("what was done in " + partition + " is not any more, from offset " + lost
                        + ": committed " + before.offset() + ", then " + next.offset());
            }
            forgiven.reached(partition, next.offset());
        });
        if (calm) {
            ends.keySet().forEach(partition -> complain(partition, now));
        }
    }

    private void complain(TopicPartition partition, long now) {
        long since = Math.max(calmSince, moved.getOrDefault(partition, 0L));
        if (pending(partition) && (now - since) / 1e9 > MOVE_WITHIN_SECONDS && stalled.add(partition)) {
            CommittedWork at = work.get(partition);
            violations.add(partition + " has not moved for " + MOVE_WITHIN_SECONDS + " s from "
                    + (at == null ? "its start" : at.offset()) + ", its end is " + ends.get(partition));
        }
    }

    private boolean pending(TopicPartition partition) {
        CommittedWork at = work.get(partition);
        return ends.getOrDefault(partition, 0L) > (at == null ? 0 : at.offset());
    }

    /** The next committed offset of these partitions may lie behind what was done: theirs are gone. */
    public synchronized void forgive(Set<TopicPartition> partitions) {
        forgiven.add(partitions);
    }

    /** The fleet has recovered from the last fault: what it may go back for ends where partitions have caught up. */
    public synchronized void recovered() {
        forgiven.recovered(ends);
    }

    /** The committed metadata's characters, by the last look. */
    public synchronized int ledgerLength(TopicPartition partition) {
        CommittedWork at = work.get(partition);
        return at == null ? 0 : at.length();
    }

    /** Nothing is broken from now on, or something is. */
    public synchronized void calm(boolean now) {
        calm = now;
        calmSince = System.nanoTime();
    }

    /** Whether nothing is left to do, by the last look. */
    public synchronized boolean drained() {
        return looks > 0 && ends.keySet().stream().noneMatch(this::pending);
    }

    /** Versions of ledgers seen: 0 for offsets without one, -1 for what nobody can read. */
    public synchronized Set<Integer> versions() {
        return Set.copyOf(versions);
    }

    /** Looks at the offsets taken. */
    public synchronized int looks() {
        return looks;
    }

    /** Partitions in which, by the last look, work beyond the committed offset is done. */
    public synchronized Set<TopicPartition> overtaken() {
        return work.entrySet().stream()
                .filter(entry -> !entry.getValue().beyond().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** How often a ledger was seen that marks something beyond its offset. */
    public synchronized int outOfOrder() {
        return outOfOrder;
    }

    public Admin admin() {
        return admin;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        admin.close();
    }
}
