package dev.limner.worker.publish;

import java.time.Duration;

/**
 * How results are published.
 *
 * @param transactionalId stays with the worker's name, so that a restarted worker ends what a killed one left open
 * @param resultsTopic where results go
 * @param deadLettersTopic where what could not be drawn goes
 * @param source who publishes, as CloudEvents name it
 * @param commitInterval how long outcomes are gathered for one transaction while more are about to come
 */
public record PublishSettings(
        String bootstrap,
        String transactionalId,
        String resultsTopic,
        String deadLettersTopic,
        String source,
        Duration commitInterval) {
    public PublishSettings {
        if (commitInterval.isNegative() || commitInterval.compareTo(Duration.ofSeconds(5)) > 0) {
            throw new IllegalArgumentException(
                    "limner.worker.commit-interval is " + commitInterval + ", must be from 0 to 5 s");
        }
    }
}
