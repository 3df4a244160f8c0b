package dev.limner.trainer.service;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The database says from where a partition is read, not the group's offset: that may be behind, and is ahead if the
 * database was put back from a copy. And it says of which topic: one that was made again is read from its beginning.
 */
@ApplicationScoped
@Identifier("feedback")
public class PositionSeeker implements KafkaConsumerRebalanceListener {
    private final TrainerService service;

    PositionSeeker(TrainerService service) {
        this.service = service;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        try {
            service.runtime().ifPresent(running -> seek(running, consumer, partitions));
        } catch (Error e) {
            throw service.fatal(e);
        }
    }

    private static void seek(LearningRuntime running, Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        var unused = running.source().isAnother();
        partitions.forEach(partition -> {
            long next = running.replay()
                    .position(partition.topic(), partition.partition())
                    .orElse(0L);
            consumer.seek(partition, Math.max(next, beginning(consumer, partition)));
        });
    }

    private static long beginning(Consumer<?, ?> consumer, TopicPartition partition) {
        return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
}
