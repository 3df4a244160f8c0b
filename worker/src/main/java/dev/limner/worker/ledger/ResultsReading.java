package dev.limner.worker.ledger;

import dev.limner.kafka.CommittedReader;
import dev.limner.kafka.WrittenEnds;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.worker.intake.PartitionRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reading of the results topic for {@link ResultsHistory}. Its thread only.
 *
 * <p>A result counts if it names the topic's id. Results of releases that named no id count if they are at least as
 * young as the oldest record of the partition, so those of a topic that was deleted do not.
 */
final class ResultsReading {
    private static final Logger LOG = LoggerFactory.getLogger(ResultsReading.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** A partition that yields nothing for so long waits for the next reading. */
    private static final long OLDEST_WITHIN_NANOS = 10_000_000_000L;

    private static final long PROGRESS_EVERY_NANOS = 10_000_000_000L;
    /** Nothing has come for so long: an open transaction, a partition without a leader, or another topic. */
    private static final long LOOK_AFTER_NANOS = 2_000_000_000L;

    private static final int ANSWER_WITHIN_MILLIS = 10_000;
    /** Clocks of producers and brokers may differ by so much without harm. */
    private static final Duration CLOCKS_APART = Duration.ofDays(1);

    private final CommittedReader consumer;
    private final String bootstrap;
    private final String topic;
    private final String client;

    /** The most by which a topic's records may be dated ahead of their arrival, in milliseconds. */
    private static final String MOST_AHEAD = "message.timestamp.after.max.ms";

    /**
     * A partition that results may name; {@code oldest} is when its oldest record was made, in milliseconds, and 0 if its
     * records do not tell.
     */
    private record Source(ResultsQuestion question, long oldest, boolean bySender, OffsetSet answered) {
        Source ofAnyAge() {
            return new Source(question, 0, bySender, answered);
        }
    }

    /**
     * Reads nothing yet.
     *
     * @param consumer reads committed records, has nothing assigned, and stays the caller's to close
     * @param client how the brokers' logs name this reader
     */
    ResultsReading(CommittedReader consumer, String bootstrap, String topic, String client) {
        this.consumer = consumer;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.client = client;
    }

    /**
     * Answers questions, except those about partitions that cannot be read for now.
     *
     * @throws KafkaException if the results cannot be read
     */
    List<ResultsAnswer> read(List<ResultsQuestion> questions) {
        Map<PartitionRef, Source> sources = new HashMap<>();
        for (Source source : withTimesThatCount(sources(questions))) {
            sources.put(source.question().partition(), source);
        }
        long oldest = sources.values().stream().mapToLong(Source::oldest).min().orElse(Long.MAX_VALUE);
        if (oldest < Long.MAX_VALUE) {
            read(sources, Math.max(0, oldest - CLOCKS_APART.toMillis()));
        }
        return sources.values().stream()
                .map(source ->
                        new ResultsAnswer(source.question(), source.answered(), source.oldest() == Long.MAX_VALUE))
                .toList();
    }

    private void read(Map<PartitionRef, Source> sources, long sinceMillis) {
        Map<TopicPartition, Long> left = start(sinceMillis);
        long begun = System.nanoTime();
        long told = begun;
        long moved = begun;
        long read = 0;
        while (!consumer.passed(left)) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                read++;
                note(record, sources);
            }
            if (!records.isEmpty()) {
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > LOOK_AFTER_NANOS) {
                moved = System.nanoTime();
                requireNoShorter(left);
            }
            if (System.nanoTime() - told > PROGRESS_EVERY_NANOS) {
                told = System.nanoTime();
                log(left, read, begun, "reading the results");
            }
        }
        log(left, read, begun, "results read");
    }

    /** A topic that is created again meanwhile, or whose brokers lose records, may never reach the end that it had. */
    private void requireNoShorter(Map<TopicPartition, Long> left) {
        Map<TopicPartition, Long> now = written(List.copyOf(left.keySet()));
        left.forEach((partition, end) -> {
            if (now.getOrDefault(partition, 0L) < end) {
                throw new KafkaException("it ended at " + end + " in partition " + partition.partition()
                        + " and is shorter now: it is read again");
            }
        });
    }

    private void log(Map<TopicPartition, Long> left, long read, long begun, String message) {
        LOG.atInfo()
                .addKeyValue("topic", topic)
                .addKeyValue("records", read)
                .addKeyValue("remaining", consumer.remaining(left))
                .addKeyValue("seconds", (System.nanoTime() - begun) / 1_000_000_000)
                .log(message);
    }

    private static void note(ConsumerRecord<byte[], byte[]> record, Map<PartitionRef, Source> sources) {
        Optional<Result.Source> named = record.value() == null ? Optional.empty() : ResultCodec.source(record.value());
        if (named.isEmpty()) {
            return;
        }
        Result.Source name = named.get();
        Source source = sources.get(new PartitionRef(name.topic(), name.partition()));
        if (source != null && counts(name, record.timestamp(), source)) {
            source.answered().add(name.offset());
        }
    }

    private static boolean counts(Result.Source name, long madeMillis, Source source) {
        ResultsQuestion question = source.question();
        if (name.offset() < question.from() || name.offset() >= question.end()) {
            return false;
        }
        Uuid topicId = question.topicId();
        String named = name.topicId();
        if (topicId == null || named == null) {
            return madeMillis >= source.oldest();
        }
        return named.equals(topicId.toString());
    }

    /** When the oldest records were made; {@link Long#MAX_VALUE} for a partition without any. */
    private List<Source> sources(List<ResultsQuestion> questions) {
        Map<TopicPartition, ResultsQuestion> left = new HashMap<>();
        questions.forEach(question -> left.put(
                new TopicPartition(
                        question.partition().topic(), question.partition().number()),
                question));
        Map<TopicPartition, Long> from = new HashMap<>();
        left.forEach((partition, question) -> from.put(partition, question.from()));
        var unused = consumer.assign(from.keySet(), from);
        List<Source> sources = new ArrayList<>();
        // A producer that dates its records into the future tells nothing of their age.
        long now = System.currentTimeMillis();
        long deadline = System.nanoTime() + OLDEST_WITHIN_NANOS;
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            var records = consumer.poll(POLL);
            left.entrySet().removeIf(entry -> {
                TopicPartition partition = entry.getKey();
                long oldest = records.records(partition).stream()
                        .filter(record -> record.offset() < entry.getValue().end())
                        .mapToLong(record -> record.timestamp() > now ? 0 : record.timestamp())
                        .min()
                        .orElse(Long.MAX_VALUE);
                boolean known = oldest < Long.MAX_VALUE
                        || consumer.position(partition) >= entry.getValue().end();
                if (known) {
                    boolean bySender = records.records(partition).stream()
                            .anyMatch(record -> record.timestampType() != TimestampType.LOG_APPEND_TIME);
                    consumer.pause(List.of(partition));
                    sources.add(new Source(entry.getValue(), oldest, bySender, new OffsetSet()));
                }
                return known;
            });
        }
        return sources;
    }

    /**
     * A sender whose clock is fast dates its jobs after their results, and these would be missed. What was ahead once need
     * not look so any more, so it counts whether the brokers would have taken it.
     */
    private List<Source> withTimesThatCount(List<Source> sources) {
        Set<String> dated = sources.stream()
                .filter(source -> source.bySender() && source.oldest() > 0 && source.oldest() < Long.MAX_VALUE)
                .map(source -> source.question().partition().topic())
                .collect(Collectors.toSet());
        Set<String> loose = new HashSet<>();
        for (String jobs : dated) {
            Optional<Duration> ahead = mostAhead(jobs);
            if (ahead.filter(most -> most.compareTo(CLOCKS_APART) <= 0).isEmpty()) {
                loose.add(jobs);
                LOG.atWarn()
                        .addKeyValue("topic", jobs)
                        .addKeyValue("setting", MOST_AHEAD)
                        .addKeyValue("value", ahead.map(Duration::toString).orElse("unknown"))
                        .log("jobs may be dated more than a day ahead by whoever sends them: the results are read from"
                                + " their beginning");
            }
        }
        return sources.stream()
                .map(source -> loose.contains(source.question().partition().topic()) && source.oldest() < Long.MAX_VALUE
                        ? source.ofAnyAge()
                        : source)
                .toList();
    }

    /** Empty if the brokers do not say, as those before Kafka 3.6, or not to this worker. */
    private Optional<Duration> mostAhead(String jobs) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, jobs);
        try (Admin admin = Admin.create(admin())) {
            Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource))
                    .all()
                    .get(ANSWER_WITHIN_MILLIS, TimeUnit.MILLISECONDS)
                    .get(resource));
            return Optional.ofNullable(config.get(MOST_AHEAD))
                    .map(ConfigEntry::value)
                    .map(Long::parseLong)
                    .map(Duration::ofMillis);
        } catch (ExecutionException | TimeoutException e) {
            LOG.atDebug()
                    .addKeyValue("topic", jobs)
                    .addKeyValue("error", e.toString())
                    .log("the brokers do not tell the topic's settings");
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /** Puts the consumer at the first results of a moment; where each partition of theirs ends now. */
    private Map<TopicPartition, Long> start(long sinceMillis) {
        List<TopicPartition> all = consumer.partitions(List.of(topic));
        if (all.isEmpty()) {
            // A broker that has just started may not know it yet. Without it nothing can be published anyway.
            throw new UnknownTopicOrPartitionException("there is no topic " + topic);
        }
        Map<TopicPartition, Long> written = written(all);
        // Without a start, what is that young is at most in a transaction that is not over yet.
        Map<TopicPartition, Long> starts = consumer.ends(all);
        starts.putAll(consumer.firstSince(all, sinceMillis));
        var unused = consumer.assign(all, starts);
        Instant since = Instant.ofEpochMilli(sinceMillis);
        LOG.atInfo().addKeyValue("topic", topic).addKeyValue("since", since).log("reading the results");
        return new HashMap<>(written);
    }

    /** The ends with transactions that are still open: a dead worker's may be committed already in its own partitions. */
    private Map<TopicPartition, Long> written(List<TopicPartition> partitions) {
        return WrittenEnds.of(partitions, admin(), Duration.ofMillis(ANSWER_WITHIN_MILLIS));
    }

    private Map<String, Object> admin() {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.CLIENT_ID_CONFIG,
                client,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                3_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ANSWER_WITHIN_MILLIS);
    }
}
