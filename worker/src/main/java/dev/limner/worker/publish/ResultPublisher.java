package dev.limner.worker.publish;

import dev.limner.worker.fault.CrashPoint;
import dev.limner.worker.fault.DuplicateInstanceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results, dead letters and the offsets of their jobs in one transaction (KIP-98, KIP-447): a reader of committed
 * records sees all of it or nothing. Blocks as long as {@link PublishSettings#within()} says, so it has a thread of its
 * own ({@link Publishing}); only {@link #mostBytes()} is safe from others.
 */
final class ResultPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    /** A worker that was stopped for longer than its transaction may last is fenced once; a twin fences it for ever. */
    private static final Duration TWIN_WITHIN = Duration.ofSeconds(30);

    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int BLOCKS_PER_PUBLICATION = 4;

    private final PublishSettings settings;
    private final CrashPoint.Watch watch;
    private final TopicChecks checks;
    private final Duration block;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable Long fencedNanos;
    private volatile MostBytes mostBytes;

    ResultPublisher(PublishSettings settings, CrashPoint.Watch watch) {
        this.settings = settings;
        this.watch = watch;
        this.checks = new TopicChecks(settings.bootstrap(), settings.client());
        Duration share = settings.within().dividedBy(BLOCKS_PER_PUBLICATION);
        this.block = share.compareTo(LONGEST_BLOCK) < 0 ? share : LONGEST_BLOCK;
        this.mostBytes = new MostBytes(settings.mostBytes(), settings.mostBytes());
    }

    /** What the topics take. */
    MostBytes mostBytes() {
        return mostBytes;
    }

    /**
     * Looks at everything a result needs, before any is there: brokers, the transactional id, both topics, the job
     * topics. Connects on the way, which ends what an earlier process of this name left open.
     *
     * @return what is missing and what to do about it; empty if nothing is
     */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        try {
            connected();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            missing.add(Refusals.explain(e, settings));
        }
        List<TopicChecks.Use> uses = new ArrayList<>(List.of(results(), letters()));
        settings.jobTopics().forEach(topic -> uses.add(new TopicChecks.Use(topic, Set.of(AclOperation.READ), 0)));
        checks.look(uses).forEach((topic, finding) -> {
            switch (finding) {
                case TopicChecks.Finding.Fit(int most) -> fits(topic, most);
                case TopicChecks.Finding.Hidden hidden ->
                    LOG.atInfo().addKeyValue("topic", topic).log("not allowed to look at the topic; its use will tell");
                case TopicChecks.Finding.Unfit(String why) -> missing.add(why);
                case TopicChecks.Finding.Silence(String why) -> {
                    if (missing.isEmpty()) {
                        missing.add(why);
                    }
                }
            }
        });
        return missing;
    }

    /**
     * Looks at the dead-letter topic alone.
     *
     * @return what is wrong with it; empty if nothing is, or if that cannot be told
     */
    List<String> missingForLetters() {
        return switch (checks.look(List.of(letters())).get(settings.deadLettersTopic())) {
            case TopicChecks.Finding.Unfit(String why) -> List.of(why);
            case TopicChecks.Finding.Silence(String why) -> List.of(why);
            case TopicChecks.Finding.Hidden hidden -> List.of();
            case TopicChecks.Finding.Fit fit -> List.of();
            case null -> List.of();
        };
    }

    /** Written, and read again when an offset does not say what is answered. */
    private TopicChecks.Use results() {
        return new TopicChecks.Use(
                settings.resultsTopic(), Set.of(AclOperation.READ, AclOperation.WRITE), PublishSettings.LEAST_RECORD);
    }

    private TopicChecks.Use letters() {
        return new TopicChecks.Use(
                settings.deadLettersTopic(), Set.of(AclOperation.WRITE), PublishSettings.LEAST_RECORD);
    }

    private void fits(String topic, int most) {
        boolean forResults = topic.equals(settings.resultsTopic());
        if (!forResults && !topic.equals(settings.deadLettersTopic())) {
            return;
        }
        int allowed = Math.min(most, settings.mostBytes());
        MostBytes before = mostBytes;
        mostBytes = forResults ? new MostBytes(allowed, before.letter()) : new MostBytes(before.result(), allowed);
        if (most < settings.mostBytes()) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("maxMessageBytes", most)
                    .addKeyValue("mostBytes", settings.mostBytes())
                    .log("the topic takes less than limner.worker.publish.most-bytes says: larger results are answered"
                            + " with too-large, larger letters are cut; raise its max.message.bytes");
        }
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
    Published publish(PendingTransaction ready, ConsumerGroupMetadata group, BooleanSupplier withdrawn) {
        MostBytes most = mostBytes;
        // Before the transaction begins: a record too large must not get into it.
        List<ProducerRecord<byte[], byte[]>> records = ready.publications().stream()
                .flatMap(publication -> Records.of(publication, settings, most.result(), most.letter()).stream())
                .toList();
        Attempt attempt = new Attempt(ready, records, group, withdrawn);
        try {
            attempt.run();
            return new Published.Committed();
        } catch (InterruptException e) {
            throw e;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            fenced(e);
            return attempt.asked ? clearUp(ready, e) : replaced(e, attempt);
        } catch (TimeoutException e) {
            // It may still land: only the broker knows, and only once a new epoch has ended it either way.
            return attempt.asked ? clearUp(ready, e) : replaced(e, attempt);
        } catch (KafkaException e) {
            return abort(attempt, e);
        }
    }

    /** One transaction. */
    private final class Attempt {
        private final PendingTransaction ready;
        private final List<ProducerRecord<byte[], byte[]>> records;
        private final ConsumerGroupMetadata group;
        private final BooleanSupplier withdrawn;
        private final long lastStart =
                System.nanoTime() + settings.within().minus(block).toNanos();
        /** Topics that a record was too large for; the producer's thread adds to it. */
        private final Set<String> tooLarge = ConcurrentHashMap.newKeySet();

        private boolean asked;

        Attempt(
                PendingTransaction ready,
                List<ProducerRecord<byte[], byte[]>> records,
                ConsumerGroupMetadata group,
                BooleanSupplier withdrawn) {
            this.ready = ready;
            this.records = records;
            this.group = group;
            this.withdrawn = withdrawn;
        }

        private void run() {
            KafkaProducer<byte[], byte[]> connected = connected();
            connected.beginTransaction();
            for (ProducerRecord<byte[], byte[]> record : records) {
                requireTime("sending");
                requireNoFailure(connected.send(record, (sent, failure) -> note(record, failure)));
            }
            if (!watch.equals(CrashPoint.Watch.NONE)) {
                connected.flush();
                watch.reached(CrashPoint.AFTER_SEND);
            }
            requireTime("committing");
            connected.sendOffsetsToTransaction(GroupOffsets.offsets(ready), group);
            requireTime("committing");
            if (withdrawn.getAsBoolean()) {
                // Offsets that the brokers took after a partition was given away must never be committed. The question
                // comes after their answer: whoever gives away says so first.
                throw new KafkaException("a partition was given away before the commit");
            }
            watch.reached(CrashPoint.MID_COMMIT);
            asked = true;
            try {
                connected.commitTransaction();
            } catch (TimeoutException e) {
                LOG.atWarn().addKeyValue("error", e.getMessage()).log("commit timed out, trying it again");
                requireTime("committing");
                connected.commitTransaction();
            }
        }

        private void note(ProducerRecord<byte[], byte[]> record, @Nullable Exception failure) {
            if (failure instanceof RecordTooLargeException) {
                tooLarge.add(record.topic());
            }
        }

        private void requireTime(String doing) {
            if (System.nanoTime() > lastStart) {
                throw new TimeoutException("given up while " + doing + ", limner.worker.publish.within is "
                        + settings.within().toMillis() + " ms");
            }
        }

        /** What cannot be sent at all is known at once; every further record of the kind would block as long again. */
        private void requireNoFailure(Future<?> sent) {
            if (!sent.isDone()) {
                return;
            }
            try {
                var unused = sent.get();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
            }
        }
    }

    private Published abort(Attempt attempt, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction aborted");
        KafkaProducer<byte[], byte[]> connected = producer;
        try {
            if (connected == null || System.nanoTime() > attempt.lastStart) {
                return attempt.asked ? clearUp(attempt.ready, failure) : replaced(failure, attempt);
            }
            connected.abortTransaction();
            return failed(failure, attempt);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException) {
                fenced(e);
            }
            return attempt.asked ? clearUp(attempt.ready, e) : replaced(failure, attempt);
        }
    }

    /** The next producer of the name ends the transaction; it was not asked to commit, so it did not. */
    private Published replaced(KafkaException failure, Attempt attempt) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("producer replaced");
        discard();
        return failed(failure, attempt);
    }

    private Published failed(KafkaException failure, Attempt attempt) {
        if (Refusals.cause(failure, RecordTooLargeException.class) != null) {
            tooLarge(attempt.tooLarge);
        }
        String why = Refusals.explain(failure, settings);
        boolean letters =
                attempt.records.stream().anyMatch(record -> record.topic().equals(settings.deadLettersTopic()));
        if (letters && Refusals.onTopic(failure)) {
            Set<String> denied = Refusals.deniedTopics(failure);
            if (denied.isEmpty()) {
                List<String> missing = missingForLetters();
                return missing.isEmpty() ? new Published.Failed(why) : new Published.NoDeadLetters(missing.get(0));
            }
            return denied.contains(settings.resultsTopic())
                    ? new Published.Failed(why)
                    : new Published.NoDeadLetters(why);
        }
        return new Published.Failed(why);
    }

    /**
     * These brokers take less than they were thought to.
     *
     * @param topics that refused a record; empty if that has not been told
     */
    private void tooLarge(Set<String> topics) {
        Map<String, TopicChecks.Finding> found = checks.look(List.of(results(), letters()));
        mostBytes = mostBytes.lowered(
                new MostBytes(most(found.get(settings.resultsTopic())), most(found.get(settings.deadLettersTopic()))),
                topics.isEmpty() || topics.contains(settings.resultsTopic()),
                topics.isEmpty() || topics.contains(settings.deadLettersTopic()));
        LOG.atWarn()
                .addKeyValue("topics", topics)
                .addKeyValue("mostBytes", mostBytes)
                .log("a record was too large");
    }

    private static int most(TopicChecks.@Nullable Finding finding) {
        return finding instanceof TopicChecks.Finding.Fit(int most) ? most : Integer.MAX_VALUE;
    }

    private void fenced(KafkaException failure) {
        long now = System.nanoTime();
        if (fencedNanos != null && now - fencedNanos < TWIN_WITHIN.toNanos()) {
            throw new DuplicateInstanceException(settings.transactionalId(), failure);
        }
        fencedNanos = now;
    }

    /** Takes a new epoch, which ends the transaction in doubt, then asks how it ended; again and again until told. */
    private Published clearUp(PendingTransaction ready, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction in doubt, producer replaced");
        discard();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                var unused = connected();
                boolean landed = GroupOffsets.asSent(ready, settings);
                LOG.atWarn().addKeyValue("landed", landed).log("transaction in doubt cleared up");
                return landed ? new Published.Committed() : new Published.Failed("a commit in doubt did not land");
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                if (e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException) {
                    fenced(e);
                }
                LOG.atWarn()
                        .addKeyValue("error", Refusals.explain(e, settings))
                        .log("how a commit ended is not known yet");
                discard();
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

    private void discard() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    /** The producer, connected; what an earlier one of its name left open has ended. */
    private KafkaProducer<byte[], byte[]> connected() {
        KafkaProducer<byte[], byte[]> connected = producer;
        if (connected != null) {
            return connected;
        }
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, settings.client());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
        // Short limits: an open transaction of a dead worker hides every later result of its partitions.
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, block.toMillis());
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 << 20);
        KafkaProducer<byte[], byte[]> fresh =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            fresh.initTransactions();
        } catch (RuntimeException e) {
            fresh.close(Duration.ZERO);
            throw e;
        }
        producer = fresh;
        return fresh;
    }

    /** Closes the connections; an open transaction is left to the next owner of the name. */
    void close(Duration within) {
        if (producer != null) {
            producer.close(within);
            producer = null;
        }
        checks.close();
    }
}
