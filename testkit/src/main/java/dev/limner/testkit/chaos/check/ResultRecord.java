package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A result as a reader of committed records finds it.
 *
 * @param images that it refers to, as they were when it became visible
 * @param timestamp milliseconds since the epoch
 * @param nanos {@link System#nanoTime()} of its being seen
 */
record ResultRecord(
        String key,
        JsonNode json,
        Map<String, String> headers,
        List<StoredImageFile> images,
        long timestamp,
        long nanos) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IOException if it is no JSON */
    static ResultRecord of(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode json = JSON.readTree(record.value());
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return new ResultRecord(
                new String(record.key(), StandardCharsets.UTF_8),
                json,
                headers,
                StoredImageFile.all(json.path("images")),
                record.timestamp(),
                System.nanoTime());
    }

    /** What is kept of it once it was held against its job: images and most of its fields would fill the memory. */
    ResultRecord judged() {
        JsonNode kept = needsLetter()
                ? json
                : JSON.createObjectNode().put("status", status()).put("worker", worker());
        return new ResultRecord(key, kept, Map.of(), List.of(), timestamp, nanos);
    }

    String status() {
        return json.path("status").asText();
    }

    String worker() {
        return json.path("worker").asText();
    }

    /** Which record it says it answers. */
    String origin() {
        JsonNode source = json.path("source");
        return source.path("topic").asText() + "-" + source.path("partition").asInt() + "@"
                + source.path("offset").asLong();
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** When it was written by its worker's clock; by the record's timestamp if it does not say. */
    Instant written() {
        String time = header("ce_time");
        return time == null ? Instant.ofEpochMilli(timestamp) : Instant.parse(time);
    }

    /** How far the worker's clock is off. */
    Duration clockError() {
        return Duration.between(Instant.ofEpochMilli(timestamp), written());
    }

    /** Whether an original must be on the dead-letter topic. */
    boolean needsLetter() {
        return status().equals("rejected") || status().equals("failed");
    }
}
