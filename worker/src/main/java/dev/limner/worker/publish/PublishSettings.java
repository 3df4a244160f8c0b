package dev.limner.worker.publish;

import java.time.Clock;
import java.time.Duration;

/**
 * How results are published.
 *
 * @param transactionalId stays with the worker's name, so that a restarted worker ends what a killed one left open
 * @param resultsTopic where results go
 * @param deadLettersTopic where what could not be drawn goes
 * @param source who publishes, as CloudEvents name it
 * @param client how the brokers' logs name this producer
 * @param mostBytes of a record; what the result topic's {@code max.message.bytes} leaves room for
 * @param commitInterval how long outcomes are gathered for one transaction while more are about to come
 * @param clock for the times in headers
 */
public record PublishSettings(
        String bootstrap,
        String transactionalId,
        String resultsTopic,
        String deadLettersTopic,
        String source,
        String client,
        int mostBytes,
        Duration commitInterval,
        Clock clock) {
    private static final int LEAST_RECORD = 16 << 10;

    public PublishSettings {
        if (mostBytes < LEAST_RECORD) {
            throw new IllegalArgumentException(
                    "limner.worker.publish.most-bytes is " + mostBytes + ", must be at least " + LEAST_RECORD);
        }
        if (commitInterval.isNegative() || commitInterval.compareTo(Duration.ofSeconds(5)) > 0) {
            throw new IllegalArgumentException(
                    "limner.worker.commit-interval is " + commitInterval + ", must be from 0 to 5 s");
        }
    }
}
