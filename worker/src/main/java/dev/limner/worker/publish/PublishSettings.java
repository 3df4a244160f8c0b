package dev.limner.worker.publish;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * How results are published.
 *
 * @param transactionalId stays with the worker's name, so that a restarted worker ends what a killed one left open
 * @param resultsTopic where results go
 * @param deadLettersTopic where what could not be generated goes
 * @param source who publishes, as CloudEvents name it
 * @param client how the brokers' logs name this producer
 * @param group whose offsets go with the results
 * @param jobTopics what the group reads
 * @param mostBytes of a record; what the result topic's {@code max.message.bytes} leaves room for
 * @param commitInterval how long outcomes are gathered for one transaction while more are about to come
 * @param within how long a publication may take until it is given up and built again
 * @param clock for the times in headers
 */
public record PublishSettings(
        String bootstrap,
        String transactionalId,
        String resultsTopic,
        String deadLettersTopic,
        String source,
        String client,
        String group,
        List<String> jobTopics,
        int mostBytes,
        Duration commitInterval,
        Duration within,
        Clock clock) {
    /** What a topic for results or dead letters must take. */
    static final int LEAST_RECORD = 16 << 10;

    private static final Duration SHORTEST = Duration.ofSeconds(2);
    /** Well before the group lets go of a member that does not answer a rebalance. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    public PublishSettings {
        jobTopics = List.copyOf(jobTopics);
        if (within.compareTo(SHORTEST) < 0 || within.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "limner.worker.publish.within is " + within + ", must be from 2 s to 2 min");
        }
        if (mostBytes < LEAST_RECORD) {
            throw new IllegalArgumentException(
                    "limner.worker.publish.max-bytes is " + mostBytes + ", must be at least " + LEAST_RECORD);
        }
        if (commitInterval.isNegative() || commitInterval.compareTo(Duration.ofSeconds(5)) > 0) {
            throw new IllegalArgumentException(
                    "limner.worker.commit-interval is " + commitInterval + ", must be from 0 to 5 s");
        }
    }
}
