package dev.limner.cli.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Map<String, Accepted> jobs = new HashMap<>();
    private final Map<String, String> firstOfItsKind = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, Integer> statuses = new TreeMap<>();
    private final Set<String> skewedWorkers = new HashSet<>();
    private final List<Seen> recent = new ArrayList<>();
    private final Thread thread;
    private int duplicated;
    private int dangling;
    private int pictures;
    private volatile boolean stopped;

    /** A job record as the log holds it. */
    private record Accepted(String id, String caption, long seed, String fingerprint, String partition, long nanos) {}

    /** What a job record was answered with. */
    private record Answer(JsonNode result, boolean matched, long nanos) {}

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
        String origin = record.topic() + "-" + record.partition() + "@" + record.offset();
        Accepted accepted = new Accepted(
                job.path("id").asText(),
                job.path("caption").asText(),
                job.path("seed").asLong(),
                new String(record.value(), StandardCharsets.UTF_8),
                record.topic() + "-" + record.partition(),
                System.nanoTime());
        jobs.put(origin, accepted);
        firstOfItsKind.putIfAbsent(accepted.partition + " " + accepted.fingerprint, origin);
        if (accepted.id.startsWith("aborted-")) {
            violations.add("the aborted job " + accepted.id + " is visible to readers of committed records");
        }
        Answer early = answers.get(origin);
        if (early != null && !early.matched) {
            match(origin, accepted, early.result);
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
        if (answers.containsKey(origin)) {
            duplicated++;
            violations.add("a second result for " + origin + " ("
                    + result.path("jobId").asText() + "), by " + worker + " after "
                    + answers.get(origin).result.path("worker").asText());
            return;
        }
        statuses.merge(result.path("status").asText(), 1, Integer::sum);
        // The moment its reference is visible.
        for (JsonNode image : result.path("images")) {
            pictures++;
            switch (PictureCheck.look(image)) {
                case PictureCheck.Found.Whole whole -> {}
                case PictureCheck.Found.Missing missing -> {
                    dangling++;
                    violations.add("the picture of " + origin + " is not there: "
                            + image.path("uri").asText());
                }
                case PictureCheck.Found.Broken(String why) ->
                    violations.add("the picture of " + origin + ": " + why + " ("
                            + image.path("uri").asText() + ")");
            }
        }
        Accepted job = jobs.get(origin);
        answers.put(origin, new Answer(result, job != null, System.nanoTime()));
        if (job != null) {
            match(origin, job, result);
        }
    }

    private static boolean skewed(Header time, long timestamp) {
        Instant written = Instant.parse(new String(time.value(), StandardCharsets.UTF_8));
        return Duration.between(Instant.ofEpochMilli(timestamp), written).abs().compareTo(SKEWED) > 0;
    }

    /** Whether an answer is one that this job may get. */
    private void match(String origin, Accepted job, JsonNode result) {
        answers.computeIfPresent(origin, (same, answer) -> new Answer(result, true, answer.nanos));
        String status = result.path("status").asText();
        String code = result.path("error").path("code").asText();
        if (!result.path("jobId").asText().equals(job.id)) {
            violations.add("the result for " + origin + " is for "
                    + result.path("jobId").asText() + ", not " + job.id);
        }
        if (result.path("attempts").asInt() > MOST_ATTEMPTS) {
            violations.add(job.id + " was tried " + result.path("attempts").asInt() + " times");
        }
        if (!Expectations.allows(job.id, status, code)) {
            violations.add(job.id + " was answered with " + status + " " + code + ": "
                    + result.path("error").path("message").asText());
        }
        for (JsonNode image : result.path("images")) {
            if (PictureCheck.look(image) instanceof PictureCheck.Found.Whole(var picture)) {
                String wrong = redraw == null
                        ? PictureCheck.mismatch(
                                picture,
                                job.caption,
                                job.seed,
                                image.path("index").asInt())
                        : redraw.mismatch(image, job.caption, job.seed);
                if (!wrong.isEmpty()) {
                    violations.add("the picture of " + job.id + ": " + wrong);
                }
            }
        }
    }

    /** The account as it stands. */
    public synchronized Account account() {
        int lost = unanswered().size();
        return new Account(jobs.size(), answers.size(), lost, duplicated, dangling, pictures);
    }

    /** Whether a job record has no result of its own but an earlier one with the same content in its partition has. */
    private boolean acknowledged(Accepted repeat) {
        String first = firstOfItsKind.get(repeat.partition + " " + repeat.fingerprint);
        return repeat.id.startsWith("repeat-") && first != null && answers.containsKey(first);
    }

    /** Job records that have no result yet. */
    public synchronized int inFlight() {
        return account().lost();
    }

    /** Job records that had no answer at a moment of {@link System#nanoTime()}, or came later. */
    public synchronized Set<String> unansweredAt(long nanos) {
        Set<String> waiting = unanswered();
        answers.forEach((origin, answer) -> {
            if (answer.nanos >= nanos) {
                waiting.add(origin);
            }
        });
        return waiting;
    }

    /** Job records without an answer. */
    public synchronized Set<String> unanswered() {
        Set<String> waiting = new HashSet<>();
        jobs.forEach((origin, job) -> {
            if (!answers.containsKey(origin) && !acknowledged(job)) {
                waiting.add(origin);
            }
        });
        return waiting;
    }

    /** Whether all of some job records have an answer. */
    public synchronized boolean answered(Set<String> origins) {
        return origins.stream().allMatch(origin -> {
            Accepted job = jobs.get(origin);
            return answers.containsKey(origin) || (job != null && acknowledged(job));
        });
    }

    /**
     * How long the slowest of some answered job records took, from a moment on or from its own arrival.
     *
     * @param nanos of {@link System#nanoTime()}
     */
    public synchronized double longestWait(Set<String> origins, long nanos) {
        long longest = 0;
        for (String origin : origins) {
            Accepted job = jobs.get(origin);
            Answer answer = answers.get(origin);
            if (job != null && answer != null) {
                longest = Math.max(longest, answer.nanos - Math.max(nanos, job.nanos));
            }
        }
        return longest / 1e9;
    }

    /** The status a job was answered with; empty while it was not. */
    public synchronized String statusOf(String id) {
        return answers.values().stream()
                .filter(answer -> answer.result.path("jobId").asText().equals(id))
                .map(answer -> answer.result.path("status").asText())
                .findFirst()
                .orElse("");
    }

    /** Whether a job of a partition was answered. */
    public synchronized boolean answered(String topic, int partition) {
        return answers.keySet().stream().anyMatch(origin -> origin.startsWith(topic + "-" + partition + "@"));
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
    public synchronized void settle() {
        answers.forEach((origin, answer) -> {
            if (!answer.matched) {
                violations.add("a result without a job: " + origin + " "
                        + answer.result.path("jobId").asText());
            }
        });
        jobs.forEach((origin, job) -> {
            if (!answers.containsKey(origin) && !acknowledged(job)) {
                violations.add("no result for " + origin + " (" + job.id + ")");
            }
        });
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
