package dev.limner.testkit.chaos.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which job records there are, which of them are answered, and which of the answers have their dead letter. A place is
 * {@code topic-partition@offset}, with a mark behind it if the topic was created again. Safe from any thread.
 */
final class ResultLedger {
    private final Map<String, JobRecord> jobs = new HashMap<>();
    private final Map<String, String> firstOfItsKind = new HashMap<>();
    private final Map<String, ResultRecord> answers = new HashMap<>();
    private final Map<String, DeadLetterEntry> letters = new HashMap<>();
    /** Places of jobs without an answer of their own. */
    private final Set<String> open = new HashSet<>();

    private final Map<String, Integer> renewals = new HashMap<>();
    private long lettersLostUntil = Long.MIN_VALUE;
    private int gone;

    /** Notes a job; its place. */
    synchronized String accepted(JobRecord job) {
        String place = marked(job.origin(), renewals.getOrDefault(job.topic(), 0));
        jobs.put(place, job);
        if (job.kind().equals("repeat")) {
            firstOfItsKind.putIfAbsent(job.fingerprint(), place);
        }
        if (!answers.containsKey(place)) {
            open.add(place);
        }
        return place;
    }

    private static String marked(String origin, int renewal) {
        return renewal == 0 ? origin : origin + "~" + renewal;
    }

    /** The place of the record that an answer is for: in a topic that was created again, the one with its job's id. */
    synchronized String placeOf(String origin, String jobId) {
        int newest = renewals.getOrDefault(origin.substring(0, Math.max(0, origin.lastIndexOf('-'))), 0);
        for (int renewal = newest; renewal >= 0; renewal--) {
            JobRecord job = jobs.get(marked(origin, renewal));
            if (job != null && ResultCheck.id(job).equals(jobId)) {
                return marked(origin, renewal);
            }
        }
        return marked(origin, newest);
    }

    synchronized @Nullable JobRecord job(String place) {
        return jobs.get(place);
    }

    synchronized @Nullable ResultRecord answer(String place) {
        return answers.get(place);
    }

    synchronized void answered(String place, ResultRecord answer) {
        answers.put(place, answer);
        open.remove(place);
    }

    synchronized @Nullable DeadLetterEntry letter(String place) {
        return letters.get(place);
    }

    /** Notes a dead letter; whether it is the first of its original. */
    synchronized boolean lettered(String place, DeadLetterEntry letter) {
        return letters.putIfAbsent(place, letter) == null;
    }

    /** A topic of jobs was deleted and created again: what was not answered is gone, and offsets start again. */
    synchronized void renewed(String topic) {
        renewals.merge(topic, 1, Integer::sum);
        gone += (int)
                open.stream().filter(place -> place.startsWith(topic + "-")).count();
        open.removeIf(place -> place.startsWith(topic + "-"));
    }

    /** The dead letters of results up to now may be gone with their topic. */
    synchronized void lettersLost(long timestamp) {
        lettersLostUntil = timestamp;
    }

    /** Jobs that went with their topic. */
    synchronized int gone() {
        return gone;
    }

    synchronized int jobs() {
        return jobs.size();
    }

    synchronized int answers() {
        return answers.size();
    }

    synchronized int letters() {
        return letters.size();
    }

    /** Whether a job record has no result of its own but an earlier one with the same content in its partition has. */
    private boolean acknowledged(String place) {
        JobRecord job = jobs.get(place);
        String first = job == null || !job.kind().equals("repeat") ? null : firstOfItsKind.get(job.fingerprint());
        return first != null && answers.containsKey(first);
    }

    /** Places of jobs without an answer. */
    synchronized Set<String> unanswered() {
        Set<String> waiting = new HashSet<>();
        open.stream().filter(place -> !acknowledged(place)).forEach(waiting::add);
        return waiting;
    }

    /** Places of jobs that had no answer at a moment of {@link System#nanoTime()}, or came later. */
    synchronized Set<String> unansweredAt(long nanos) {
        Set<String> waiting = unanswered();
        answers.forEach((place, answer) -> {
            if (answer.nanos() >= nanos) {
                waiting.add(place);
            }
        });
        return waiting;
    }

    /** Whether each of some places has an answer or is gone. */
    synchronized boolean answered(Set<String> places) {
        return places.stream().allMatch(place -> !open.contains(place) || acknowledged(place));
    }

    /** Whether a job of a partition was answered. */
    synchronized boolean answered(String topic, int partition) {
        return answers.keySet().stream().anyMatch(place -> place.startsWith(topic + "-" + partition + "@"));
    }

    /** Whether the jobs of a topic that are known are answered. */
    synchronized boolean drained(String topic) {
        return open.stream().noneMatch(place -> place.startsWith(topic + "-"));
    }

    /** The status a job was answered with; empty while it was not. */
    synchronized String statusOf(String id) {
        return answers.values().stream()
                .filter(answer -> answer.key().equals(id))
                .map(ResultRecord::status)
                .findFirst()
                .orElse("");
    }

    /** How long the slowest of some jobs took to be answered, from a moment on or from its own arrival. */
    synchronized double longestWait(Set<String> places, long nanos) {
        long longest = 0;
        for (String place : places) {
            JobRecord job = jobs.get(place);
            ResultRecord answer = answers.get(place);
            if (job != null && answer != null) {
                longest = Math.max(longest, answer.nanos() - Math.max(nanos, job.nanos()));
            }
        }
        return longest / 1e9;
    }

    /** Places of answers that need a dead letter and have none. */
    synchronized Set<String> withoutLetter() {
        Set<String> missing = new HashSet<>();
        answers.forEach((place, answer) -> {
            if (answer.needsLetter() && answer.timestamp() > lettersLostUntil && !letters.containsKey(place)) {
                missing.add(place);
            }
        });
        return missing;
    }

    /** What only the end shows, in words. */
    synchronized List<String> leftOver() {
        List<String> wrong = new ArrayList<>();
        answers.forEach((place, answer) -> {
            if (!jobs.containsKey(place)) {
                wrong.add("a result without a job: " + place + " (" + answer.key() + ")");
            }
        });
        letters.keySet().stream()
                .filter(place -> !answers.containsKey(place))
                .forEach(place -> wrong.add("a dead letter without a result: " + place));
        withoutLetter().forEach(place -> wrong.add("no dead letter for " + place));
        Set<String> unanswered = unanswered();
        jobs.forEach((place, job) -> {
            if (unanswered.contains(place)) {
                wrong.add("no result for " + place + " (" + job.key() + ")");
            }
        });
        return wrong;
    }
}
