package dev.limner.testkit.chaos.cluster;

import dev.limner.protocol.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of the workers' group that comes and goes and does nothing: each time, partitions change hands. */
final class ChurningConsumer implements Runnable {
    private final String bootstrap;
    private final Topics topics;
    private final String group;
    private final String protocol;
    private volatile boolean stopped;
    private final AtomicInteger rides = new AtomicInteger();

    ChurningConsumer(String bootstrap, Topics topics, String group, String protocol) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.group = group;
        this.protocol = protocol;
    }

    /** How often it was given partitions. */
    int rides() {
        return rides.get();
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            ride(ThreadLocalRandom.current().nextLong(1000, 3000));
        }
    }

    private void ride(long millis) {
        Map<String, Object> config = new HashMap<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "passenger",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"));
        if (protocol.equals("consumer")) {
            config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        } else {
            config.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    (protocol.equals("classic-eager") ? RangeAssignor.class : CooperativeStickyAssignor.class)
                            .getName());
        }
        try (KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(topics.allJobs(), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    if (!partitions.isEmpty()) {
                        rides.incrementAndGet();
                        member.pause(partitions);
                    }
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    // It has done nothing that could be committed.
                }
            });
            long end = System.currentTimeMillis() + millis;
            while (System.currentTimeMillis() < end) {
                var unused = member.poll(Duration.ofMillis(50));
            }
        }
    }
}
