package dev.limner.cli.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which job records there are and which of them are answered. An origin is {@code topic-partition@offset}. Safe from any
 * thread.
 */
final class Accounts {
    private final Map<String, Accepted> jobs = new HashMap<>();
    private final Map<String, String> firstOfItsKind = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();

    /**
     * A job record as the log holds it.
     *
     * @param fingerprint the same for records with the same content in the same partition
     * @param nanos {@link System#nanoTime()} of its being seen
     */
    record Accepted(String id, String caption, long seed, String fingerprint, long nanos) {}

    /**
     * What a job record was answered with.
     *
     * @param nanos {@link System#nanoTime()} of its being seen
     */
    record Answer(JsonNode result, long nanos) {}

    /** Notes a job; its answer, if that was seen before it. */
    synchronized @Nullable Answer accepted(String origin, Accepted job) {
        jobs.put(origin, job);
        firstOfItsKind.putIfAbsent(job.fingerprint, origin);
        return answers.get(origin);
    }

    /** The answer an origin has; null for none. */
    synchronized @Nullable Answer answer(String origin) {
        return answers.get(origin);
    }

    /** Notes an answer; its job, if that was seen already. */
    synchronized @Nullable Accepted answered(String origin, JsonNode result) {
        answers.put(origin, new Answer(result, System.nanoTime()));
        return jobs.get(origin);
    }

    synchronized int jobs() {
        return jobs.size();
    }

    synchronized int answers() {
        return answers.size();
    }

    /** Whether a job record has no result of its own but an earlier one with the same content in its partition has. */
    private boolean acknowledged(Accepted repeat) {
        String first = firstOfItsKind.get(repeat.fingerprint);
        return repeat.id.startsWith("repeat-") && first != null && answers.containsKey(first);
    }

    /** Job records without an answer. */
    synchronized Set<String> unanswered() {
        Set<String> waiting = new HashSet<>();
        jobs.forEach((origin, job) -> {
            if (!answers.containsKey(origin) && !acknowledged(job)) {
                waiting.add(origin);
            }
        });
        return waiting;
    }

    /** Job records that had no answer at a moment of {@link System#nanoTime()}, or came later. */
    synchronized Set<String> unansweredAt(long nanos) {
        Set<String> waiting = unanswered();
        answers.forEach((origin, answer) -> {
            if (answer.nanos >= nanos) {
                waiting.add(origin);
            }
        });
        return waiting;
    }

    /** Whether all of some job records have an answer. */
    synchronized boolean answered(Set<String> origins) {
        return origins.stream().allMatch(origin -> {
            Accepted job = jobs.get(origin);
            return answers.containsKey(origin) || (job != null && acknowledged(job));
        });
    }

    /** Whether a job of a partition was answered. */
    synchronized boolean answered(String topic, int partition) {
        return answers.keySet().stream().anyMatch(origin -> origin.startsWith(topic + "-" + partition + "@"));
    }

    /** The status a job was answered with; empty while it was not. */
    synchronized String statusOf(String id) {
        return answers.values().stream()
                .filter(answer -> answer.result.path("jobId").asText().equals(id))
                .map(answer -> answer.result.path("status").asText())
                .findFirst()
                .orElse("");
    }

    /** How long the slowest of some job records took to be answered, from a moment on or from its own arrival. */
    synchronized double longestWait(Set<String> origins, long nanos) {
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

    /** Gives every job record without an answer, by origin and id. */
    synchronized void forEachUnanswered(BiConsumer<String, String> taker) {
        Set<String> waiting = unanswered();
        jobs.forEach((origin, job) -> {
            if (waiting.contains(origin)) {
                taker.accept(origin, job.id);
            }
        });
    }

    /** Gives every answer without a job, by origin and the id in it. */
    synchronized void forEachWithoutJob(BiConsumer<String, String> taker) {
        answers.forEach((origin, answer) -> {
            if (!jobs.containsKey(origin)) {
                taker.accept(origin, answer.result.path("jobId").asText());
            }
        });
    }
}
