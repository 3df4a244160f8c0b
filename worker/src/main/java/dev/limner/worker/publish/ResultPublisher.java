package dev.limner.worker.publish;

import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.lifecycle.CrashPoint;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results, dead letters and the offsets of their jobs in one transaction (KIP-98, KIP-447): a reader of committed
 * records sees all of it or nothing. Says what becomes of each {@link CommitAttempt}. Blocks as long as
 * {@link PublishSettings#within()} says, so it has a thread of its own ({@link PublishingThread}); only {@link #mostBytes()} is
 * safe from others.
 */
final class ResultPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PublishSettings settings;
    private final CrashPoint.Watch watch;
    private final TopicRequirements requirements;
    private final ProducerConnection connection;

    ResultPublisher(PublishSettings settings, CrashPoint.Watch watch) {
        this.settings = settings;
        this.watch = watch;
        this.requirements = new TopicRequirements(settings);
        this.connection = new ProducerConnection(settings);
    }

    /** What the topics take. */
    MostBytes mostBytes() {
        return requirements.mostBytes();
    }

    /**
     * Looks at everything a result needs, before any is there: brokers, the transactional id, both topics, the job
     * topics. Connects on the way, which ends what an earlier process of this name left open.
     *
     * @return what is missing and what to do about it; empty if nothing is
     */
    List<String> missing() {
        List<String> missing = List.of();
        try {
            var unused = connection.connected();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            missing = List.of(BrokerRefusals.explain(e, BrokerRefusals.Doing.CONNECTING, settings));
        }
        return requirements.missing(missing);
    }

    /** As {@link TopicRequirements#missingForLetters()}. */
    List<String> missingForLetters() {
        return requirements.missingForLetters();
    }

    /**
     * Publishes and commits. Begins no step that might end after {@link PublishSettings#within()}; only a commit that was
     * asked for and not answered takes longer, because nothing may be published before it is known how it ended.
     *
     * @param group who the consumer was when it was last looked at who owns what: brokers that know better refuse it
     * @param withdrawn whether a partition of it has been given away since; asked after the brokers have taken the
     *     offsets and before the commit
     * @throws DuplicateInstanceException if another worker of this name keeps fencing this one
     * @throws InterruptException if the thread is interrupted, which leaves the transaction to the next owner of the name
     */
    PublishOutcome publish(PendingTransaction ready, ConsumerGroupMetadata group, BooleanSupplier withdrawn) {
        MostBytes most = mostBytes();
        // Before the transaction begins: a record too large must not get into it.
        List<ProducerRecord<byte[], byte[]>> records = ready.publications().stream()
                .flatMap(publication -> RecordFactory.of(publication, settings, most.result(), most.letter()).stream())
                .toList();
        CommitAttempt attempt = new CommitAttempt(settings, connection, watch, ready, records, group, withdrawn);
        try {
            attempt.run();
            return new PublishOutcome.Committed();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (ProducerConnection.isFencing(e)) {
                connection.note(e);
                return left(e, e, attempt);
            }
            // A commit that timed out may still land: only the broker knows, once a new epoch has ended it either way.
            return e instanceof TimeoutException ? left(e, e, attempt) : abort(attempt, e);
        }
    }

    private PublishOutcome abort(CommitAttempt attempt, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction aborted");
        KafkaProducer<byte[], byte[]> connected = connection.current();
        if (connected == null || !attempt.hasTime() || attempt.offsetsUnanswered()) {
            return left(failure, failure, attempt);
        }
        try {
            connected.abortTransaction();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            connection.note(e);
            return left(failure, e, attempt);
        }
        return failed(failure, attempt);
    }

    /**
     * A transaction that is neither committed nor aborted is left behind with its producer.
     *
     * @param failure why it is not committed
     * @param last why it could not be ended, which may be the same
     */
    private PublishOutcome left(KafkaException failure, KafkaException last, CommitAttempt attempt) {
        return attempt.asked() ? clearUp(attempt.ready(), last) : replaced(failure, attempt);
    }

    /** The next producer of the name ends the transaction; it was not asked to commit, so it did not. */
    private PublishOutcome replaced(KafkaException failure, CommitAttempt attempt) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("producer replaced");
        connection.discard();
        return failed(failure, attempt);
    }

    private PublishOutcome failed(KafkaException failure, CommitAttempt attempt) {
        if (BrokerRefusals.cause(failure, RecordTooLargeException.class) != null) {
            requirements.tooLarge(attempt.tooLarge());
        }
        String why = BrokerRefusals.explain(failure, BrokerRefusals.Doing.PUBLISHING, settings);
        if (attempt.isFor(settings.deadLettersTopic()) && BrokerRefusals.onTopic(failure)) {
            Set<String> denied = BrokerRefusals.deniedTopics(failure);
            if (denied.isEmpty()) {
                List<String> missing = missingForLetters();
                return missing.isEmpty()
                        ? new PublishOutcome.Failed(why)
                        : new PublishOutcome.NoDeadLetters(missing.get(0));
            }
            return denied.contains(settings.resultsTopic())
                    ? new PublishOutcome.Failed(why)
                    : new PublishOutcome.NoDeadLetters(why);
        }
        return new PublishOutcome.Failed(why);
    }

    /** Takes a new epoch, which ends the transaction in doubt, then asks how it ended; again and again until told. */
    private PublishOutcome clearUp(PendingTransaction ready, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction in doubt, producer replaced");
        connection.discard();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                var unused = connection.connected();
                boolean landed = GroupOffsets.asSent(ready, settings);
                LOG.atWarn().addKeyValue("landed", landed).log("transaction in doubt cleared up");
                return landed
                        ? new PublishOutcome.Committed()
                        : new PublishOutcome.Failed("a commit in doubt did not land");
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                connection.note(e);
                LOG.atWarn()
                        .addKeyValue("error", BrokerRefusals.explain(e, BrokerRefusals.Doing.ASKING, settings))
                        .log("how a commit ended is not known yet");
                connection.discard();
                pause(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Closes the connections; an open transaction is left to the next owner of the name. */
    void close(Duration within) {
        connection.close(within);
        requirements.close();
    }
}
