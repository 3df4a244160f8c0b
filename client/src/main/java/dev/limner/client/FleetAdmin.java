package dev.limner.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** What only an administrator asks of a fleet's brokers. One connection; safe from any thread. */
public final class FleetAdmin implements AutoCloseable {
    private final FleetClient client;
    private final Admin admin;

    FleetAdmin(FleetClient client) {
        this.client = client;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, client.bootstrap()));
    }

    /** @throws IllegalStateException if the cluster does not say its id */
    public String clusterId() throws InterruptedException {
        try {
            return String.valueOf(admin.describeCluster().clusterId().get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the cluster at " + client.bootstrap() + " does not say its id: " + e.getCause(), e);
        }
    }

    /**
     * How long the job topics keep their records, the longest of them; negative for ever.
     *
     * @throws IllegalStateException if the brokers do not say
     */
    public Duration retentionOfJobs() throws InterruptedException {
        List<ConfigResource> asked = client.topics().allJobs().stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try {
            long longest = 0;
            for (Config config : admin.describeConfigs(asked).all().get().values()) {
                long millis = Long.parseLong(
                        config.get(TopicConfig.RETENTION_MS_CONFIG).value());
                if (millis < 0) {
                    return Duration.ofMillis(-1);
                }
                longest = Math.max(longest, millis);
            }
            return Duration.ofMillis(longest);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics' settings cannot be read: " + e.getCause(), e);
        }
    }

    /**
     * Those of the topics that there are: a fleet whose topics were made by hand may lack some.
     *
     * @throws IllegalStateException if the brokers do not say
     */
    public List<String> existing(List<String> topics) throws InterruptedException {
        try {
            Set<String> there = admin.listTopics().names().get();
            return topics.stream().filter(there::contains).toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the topics of " + client.bootstrap() + " cannot be listed: " + e.getCause(), e);
        }
    }

    /**
     * How many records were ever written to a topic, kept or not.
     *
     * @throws IllegalStateException if the brokers do not say
     */
    public long everWritten(String topic) throws InterruptedException {
        try {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .forEach(described -> described
                            .partitions()
                            .forEach(part ->
                                    asked.put(new TopicPartition(topic, part.partition()), OffsetSpec.latest())));
            return admin.listOffsets(asked).all().get().values().stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of " + topic + " cannot be read: " + e.getCause(), e);
        }
    }

    /**
     * The offset that a consumer group has committed for a partition; empty if it has none.
     *
     * @throws IllegalStateException if the brokers do not say
     */
    public OptionalLong committed(String group, String topic, int partition) throws InterruptedException {
        try {
            OffsetAndMetadata at = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, partition));
            return at == null ? OptionalLong.empty() : OptionalLong.of(at.offset());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the group's offsets cannot be had: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
