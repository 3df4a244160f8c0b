package dev.limner.testkit.chaos.cluster;

import dev.limner.broker.FleetTopics;
import dev.limner.broker.ListenerPrincipals;
import dev.limner.protocol.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What an administrator of the brokers can do to a fleet, by accident or not. Safe from any thread. */
public final class ClusterAdmin {
    private static final long ANSWER_SECONDS = 15;
    private static final long SETTLE_MILLIS = 200;
    private static final int LOOKS = 100;

    private final Admin admin;
    private final String bootstrap;
    private final Topics topics;
    private final String group;

    /** @param admin stays the caller's */
    ClusterAdmin(Admin admin, String bootstrap, Topics topics, String group) {
        this.admin = admin;
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.group = group;
    }

    private static <T> T answer(KafkaFuture<T> future, String what) throws InterruptedException {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(what + ": no answer in " + ANSWER_SECONDS + " s", e);
        }
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
            return admin.describeConsumerGroups(List.of(group)).all().get(3, TimeUnit.SECONDS).values().stream()
                    .flatMap(description -> description.members().stream())
                    .toList();
        } catch (ExecutionException | TimeoutException e) {
            return List.of();
        }
    }

    /** Commits an offset with metadata that nobody's ledger has. */
    void commit(TopicPartition partition, long offset, String metadata) throws InterruptedException {
        answer(
                admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset, metadata)))
                        .all(),
                "offsets cannot be set");
    }

    /** Forgets the group's offsets in all job topics, as brokers do when they expire. The group must have no members. */
    public void expireOffsets() throws InterruptedException {
        Set<TopicPartition> all = answer(
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), "offsets cannot be read")
                .keySet();
        answer(admin.deleteConsumerGroupOffsets(group, all).all(), "offsets cannot be deleted");
    }

    private TopicDescription describe(String topic) throws InterruptedException {
        return Objects.requireNonNull(
                answer(admin.describeTopics(List.of(topic)).allTopicNames(), topic + " cannot be described")
                        .get(topic));
    }

    /** Adds a partition to a lane; its number. */
    public int addPartition(Topics.Lane lane) throws InterruptedException {
        String topic = topics.jobs(lane);
        int before = describe(topic).partitions().size();
        answer(
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(before + 1)))
                        .all(),
                "no partition could be added to " + topic);
        return before;
    }

    /** Deletes a topic; returns when it is gone. */
    public void delete(String topic) throws InterruptedException {
        answer(admin.deleteTopics(List.of(topic)).all(), topic + " cannot be deleted");
        for (int look = 0; look < LOOKS; look++) {
            if (!answer(admin.listTopics().names(), "topics cannot be listed").contains(topic)) {
                return;
            }
            Thread.sleep(SETTLE_MILLIS);
        }
        throw new IllegalStateException(topic + " was deleted and is still there");
    }

    /** Makes what is missing of the fleet's topics; returns when the brokers know their leaders. */
    public void createMissing(int partitions) throws InterruptedException {
        FleetTopics.create(bootstrap, topics, partitions, (short) -1);
        for (String topic : List.of(topics.jobs(Topics.Lane.BULK), topics.deadLetters(), topics.results())) {
            for (int look = 0; look < LOOKS && !hasLeaders(topic); look++) {
                Thread.sleep(SETTLE_MILLIS);
            }
        }
    }

    private boolean hasLeaders(String topic) throws InterruptedException {
        try {
            return describe(topic).partitions().stream().allMatch(partition -> partition.leader() != null);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Takes the right to write to a topic from everybody who comes through the detour: from the workers. */
    public void denyWrites(String topic) throws InterruptedException {
        answer(
                admin.createAcls(List.of(
                                acl(topic, AclOperation.ALL, AclPermissionType.ALLOW),
                                acl(topic, AclOperation.WRITE, AclPermissionType.DENY)))
                        .all(),
                "rights cannot be taken away");
    }

    /** Gives back what {@link #denyWrites} took. */
    public void allowWrites(String topic) throws InterruptedException {
        List<AclBindingFilter> both = List.of(
                acl(topic, AclOperation.WRITE, AclPermissionType.DENY).toFilter(),
                acl(topic, AclOperation.ALL, AclPermissionType.ALLOW).toFilter());
        answer(admin.deleteAcls(both).all(), "rights cannot be given back");
    }

    private static AclBinding acl(String topic, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:" + ListenerPrincipals.DETOUR, "*", operation, permission));
    }

    /** The broker that leads a partition, from 1; 0 for none. */
    public int leaderOf(TopicPartition partition) throws InterruptedException {
        Node leader = describe(partition.topic())
                .partitions()
                .get(partition.partition())
                .leader();
        return leader == null ? 0 : leader.id();
    }

    /**
     * Lets any copy of a partition lead it, with whatever it has; returns when one does. A partition whose only copy was on
     * a broker that was killed needs this (KIP-966): the controller takes no such copy for complete by itself.
     */
    public void electUnclean(TopicPartition partition) throws InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            if (leaderOf(partition) != 0) {
                return;
            }
            try {
                answer(
                        admin.electLeaders(ElectionType.UNCLEAN, Set.of(partition))
                                .partitions(),
                        partition + " cannot be given a leader");
            } catch (IllegalStateException e) {
                // The broker may be back without being ready to lead.
            }
            Thread.sleep(SETTLE_MILLIS);
        }
        throw new IllegalStateException(partition + " gets no leader");
    }

    /** Moves a partition to some brokers; returns when it is there. */
    public void move(TopicPartition partition, List<Integer> brokers) throws InterruptedException {
        order(partition, brokers);
        for (int look = 0; look < LOOKS; look++) {
            if (answer(admin.listPartitionReassignments(Set.of(partition)).reassignments(), "moves cannot be listed")
                    .isEmpty()) {
                return;
            }
            Thread.sleep(SETTLE_MILLIS);
        }
        throw new IllegalStateException(partition + " does not move to " + brokers);
    }

    /** Asks again for a while: the broker that died, or has just come back, may be the one that decides. */
    private void order(TopicPartition partition, List<Integer> brokers) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                answer(
                        admin.alterPartitionReassignments(
                                        Map.of(partition, Optional.of(new NewPartitionReassignment(brokers))))
                                .all(),
                        partition + " cannot be moved to " + brokers);
                return;
            } catch (IllegalStateException e) {
                if (attempt == LOOKS) {
                    throw e;
                }
                Thread.sleep(SETTLE_MILLIS);
            }
        }
    }

    /** A job topic's partitions. */
    public Set<TopicPartition> partitionsOf(String topic) throws InterruptedException {
        return describe(topic).partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .collect(Collectors.toSet());
    }
}
