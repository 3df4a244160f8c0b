package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionRef;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a partition have been answered?
 *
 * @param ownership of the partition, by whoever asks
 * @param from the first offset that matters
 * @param end behind the last one
 * @param topicId the topic's; null if the brokers give topics none. Results that name another topic's are of no interest
 */
public record ResultsQuestion(
        PartitionRef partition,
        long ownership,
        long from,
        long end,
        @Nullable Uuid topicId) {}
