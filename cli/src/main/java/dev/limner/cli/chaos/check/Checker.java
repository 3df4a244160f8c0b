package dev.limner.cli.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads every job and every result as any reader of committed records does, looks at each picture the moment its
 * reference becomes visible, and keeps the account: one result a job record, no result without a job. One thread reads;
 * everything else is safe from any thread.
 */
public final class Checker implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 10;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final long PARTITIONS_EVERY_NANOS = 1_000_000_000L;
    private static final Duration SKEWED = Duration.ofMinutes(30);

    private final Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ObjectMapper json = new ObjectMapper();
    private final Violations violations;
    private final @Nullable Redraw redraw;
    private final Accounts accounts = new Accounts();
    private final Map<String, Integer> statuses = new TreeMap<>();
    private final Set<String> skewedWorkers = new HashSet<>();
    private final List<Seen> recent = new ArrayList<>();
    private final Thread thread;
    private int duplicated;
    private int dangling;
    private int pictures;
    private volatile boolean stopped;

    /** A result and when it was first seen. */
    private record Seen(String worker, long nanos) {}

    /** The account so far. */
    public record Account(int jobs, int answered, int lost, int duplicated, int dangling, int pictures) {}

    /** @param redraw compares pictures with the model's own; null where the constant generator paints */
    public Checker(String bootstrap, Topics topics, Violations violations, @Nullable Redraw redraw) {
        this.topics = topics;
        this.violations = violations;
        this.redraw = redraw;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        50,
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        1000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("checker").daemon().start(this::run);
    }

    private void run() {
        long next = 0;
        try (consumer) {
            while (!stopped) {
                if (System.nanoTime() >= next) {
                    assignAll();
                    next = System.nanoTime() + PARTITIONS_EVERY_NANOS;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
            }
        } catch (RuntimeException e) {
            violations.add("the checker itself failed: " + e);
        }
    }

    private void assignAll() {
        Set<TopicPartition> all = new HashSet<>();
        List<String> read = new ArrayList<>(topics.allJobs());
        read.add(topics.results());
        for (String topic : read) {
            consumer.partitionsFor(topic).forEach(info -> all.add(new TopicPartition(topic, info.partition())));
        }
        if (!all.equals(consumer.assignment())) {
            consumer.assign(all);
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.topic().equals(topics.results())) {
                result(record);
            } else {
                job(record);
            }
        } catch (IOException e) {
            violations.add("a record of " + record.topic() + " is no JSON: " + e.getMessage());
        }
    }

    private void job(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode job = json.readTree(record.value());
        String partition = record.topic() + "-" + record.partition();
        Accounts.Accepted accepted = new Accounts.Accepted(
                job.path("id").asText(),
                job.path("caption").asText(),
                job.path("seed").asLong(),
                partition + " " + new String(record.value(), StandardCharsets.UTF_8),
                System.nanoTime());
        String origin = partition + "@" + record.offset();
        if (accepted.id().startsWith("aborted-")) {
            violations.add("the aborted job " + accepted.id() + " is visible to readers of committed records");
        }
        Accounts.Answer early = accounts.accepted(origin, accepted);
        if (early != null) {
            match(origin, accepted, early.result());
        }
    }

    private void result(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode result = json.readTree(record.value());
        JsonNode source = result.path("source");
        String worker = result.path("worker").asText();
        recent.add(new Seen(worker, System.nanoTime()));
        Header time = record.headers().lastHeader("ce_time");
        if (time != null && skewed(time, record.timestamp())) {
            skewedWorkers.add(worker);
        }
        String origin = source.path("topic").asText() + "-"
                + source.path("partition").asInt() + "@"
                + source.path("offset").asLong();
        Accounts.Answer before = accounts.answer(origin);
        if (before != null) {
            duplicated++;
            violations.add("a second result for " + origin + " ("
                    + result.path("jobId").asText() + "), by " + worker + " after "
                    + before.result().path("worker").asText());
            return;
        }
        statuses.merge(result.path("status").asText(), 1, Integer::sum);
        result.path("images").forEach(image -> look(origin, image));
        Accounts.Accepted job = accounts.answered(origin, result);
        if (job != null) {
            match(origin, job, result);
        }
    }

    /** The moment its reference is visible. */
    private void look(String origin, JsonNode image) {
        pictures++;
        String uri = image.path("uri").asText();
        switch (PictureCheck.look(image)) {
            case PictureCheck.Found.Whole whole -> {}
            case PictureCheck.Found.Missing missing -> {
                dangling++;
                violations.add("the picture of " + origin + " is not there: " + uri);
            }
            case PictureCheck.Found.Broken(String why) ->
                violations.add("the picture of " + origin + ": " + why + " (" + uri + ")");
        }
    }

    private static boolean skewed(Header time, long timestamp) {
        Instant written = Instant.parse(new String(time.value(), StandardCharsets.UTF_8));
        return Duration.between(Instant.ofEpochMilli(timestamp), written).abs().compareTo(SKEWED) > 0;
    }

    /** Whether an answer is one that this job may get. */
    private void match(String origin, Accounts.Accepted job, JsonNode result) {
        String status = result.path("status").asText();
        String code = result.path("error").path("code").asText();
        if (!result.path("jobId").asText().equals(job.id())) {
            violations.add("the result for " + origin + " is for "
                    + result.path("jobId").asText() + ", not " + job.id());
        }
        if (result.path("attempts").asInt() > MOST_ATTEMPTS) {
            violations.add(job.id() + " was tried " + result.path("attempts").asInt() + " times");
        }
        if (!Expectations.allows(job.id(), status, code)) {
            violations.add(job.id() + " was answered with " + status + " " + code + ": "
                    + result.path("error").path("message").asText());
        }
        for (JsonNode image : result.path("images")) {
            if (PictureCheck.look(image) instanceof PictureCheck.Found.Whole(var picture)) {
                String wrong = redraw == null
                        ? PictureCheck.mismatch(
                                picture,
                                job.caption(),
                                job.seed(),
                                image.path("index").asInt())
                        : redraw.mismatch(
                                image,
                                job.caption(),
                                job.seed(),
                                result.path("profile").asText());
                if (!wrong.isEmpty()) {
                    violations.add("the picture of " + job.id() + ": " + wrong);
                }
            }
        }
    }

    /** The account as it stands. */
    public synchronized Account account() {
        return new Account(
                accounts.jobs(), accounts.answers(), accounts.unanswered().size(), duplicated, dangling, pictures);
    }

    /** Job records that have no result yet. */
    public int inFlight() {
        return accounts.unanswered().size();
    }

    /** Job records that had no answer at a moment of {@link System#nanoTime()}, or came later; by origin. */
    public Set<String> unansweredAt(long nanos) {
        return accounts.unansweredAt(nanos);
    }

    /** Whether all of some job records have an answer. */
    public boolean answered(Set<String> origins) {
        return accounts.answered(origins);
    }

    /** Whether a job of a partition was answered. */
    public boolean answered(String topic, int partition) {
        return accounts.answered(topic, partition);
    }

    /** How long, in seconds, the slowest of some job records took to be answered, from a moment on or its own arrival. */
    public double longestWait(Set<String> origins, long nanos) {
        return accounts.longestWait(origins, nanos);
    }

    /** The status a job was answered with; empty while it was not. */
    public String statusOf(String id) {
        return accounts.statusOf(id);
    }

    /** Results of a worker first seen between two moments of {@link System#nanoTime()}. */
    public synchronized long resultsOf(String worker, long from, long to) {
        return recent.stream()
                .filter(seen -> seen.worker.equals(worker) && seen.nanos >= from && seen.nanos < to)
                .count();
    }

    /** Whether a worker's clock was seen to be wrong. */
    public synchronized boolean skewed(String worker) {
        return skewedWorkers.contains(worker);
    }

    /** Results by status. */
    public synchronized Map<String, Integer> statuses() {
        return new TreeMap<>(statuses);
    }

    /** Looks at what only the end shows; nothing more is expected. */
    public void settle() {
        accounts.forEachWithoutJob(
                (origin, id) -> violations.add("a result without a job: " + origin + " (" + id + ")"));
        accounts.forEachUnanswered((origin, id) -> violations.add("no result for " + origin + " (" + id + ")"));
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
