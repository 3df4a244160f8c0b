package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads jobs, cancellations, results and dead letters as any reader of committed records does, looks at each image the
 * moment its reference becomes visible, holds every field against the job, and keeps the account: one result per job
 * record, one dead letter per record that could not be used. One thread reads; everything else is safe from any thread.
 */
public final class DeliveryChecker implements AutoCloseable {
    private static final Duration SKEWED = Duration.ofMinutes(30);

    private final Topics topics;
    private final LogReader reader;
    private final ViolationLog violations;
    private final @Nullable RegenerationCheck redraw;
    private final ResultCheck check;
    private final ResultLedger accounts = new ResultLedger();
    private final Map<String, Long> cancelled = new HashMap<>();
    private final List<String> withoutCancellation = new ArrayList<>();
    private final Map<String, Integer> statuses = new TreeMap<>();
    private final Set<String> skewedWorkers = new HashSet<>();
    private final List<Seen> recent = new ArrayList<>();
    private int duplicated;
    private int dangling;
    private int images;

    /** A result and when it was first seen. */
    private record Seen(String worker, long nanos) {}

    /** The account so far. */
    public record Account(int jobs, int answered, int letters, int lost, int duplicated, int dangling, int images) {}

    /**
     * What the checker has to know of the fleet.
     *
     * @param mixed whether workers of an earlier release answer too
     * @param workers the names there are
     */
    public record Fleet(boolean mixed, Set<String> workers) {}

    /** @param redraw compares images with the model's own; null with the constant generator */
    public DeliveryChecker(
            String bootstrap, Topics topics, ViolationLog violations, @Nullable RegenerationCheck redraw, Fleet fleet) {
        this.topics = topics;
        this.violations = violations;
        this.redraw = redraw;
        this.check =
                new ResultCheck(new ResultCheck.Rules(redraw != null, fleet.mixed(), fleet.workers()), cancelled::get);
        this.reader = new LogReader(bootstrap, topics, new LogReader.Reader() {
            @Override
            public void take(ConsumerRecord<byte[], byte[]> record) {
                DeliveryChecker.this.take(record);
            }

            @Override
            public void polled() {
                lookAgain();
            }

            @Override
            public void failed(RuntimeException failure) {
                violations.add("the checker itself failed: " + failure);
            }
        });
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.topic().equals(topics.results())) {
                result(ResultRecord.of(record));
            } else if (record.topic().equals(topics.deadLetters())) {
                letter(DeadLetterEntry.of(record));
            } else if (record.topic().equals(topics.cancellations())) {
                cancellation(record);
            } else {
                job(JobRecord.of(record));
            }
        } catch (IOException e) {
            violations.add("a record of " + record.topic() + " is no JSON: " + e.getMessage());
        }
    }

    private void cancellation(ConsumerRecord<byte[], byte[]> record) {
        String id = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            cancelled.remove(id);
        } else {
            cancelled.put(id, record.timestamp());
        }
    }

    private void job(JobRecord job) {
        if (job.kind().equals("aborted")) {
            violations.add("the aborted job " + job.key() + " is visible to readers of committed records");
        }
        String place = accounts.accepted(job);
        ResultRecord early = accounts.answer(place);
        if (early != null) {
            match(place, job, early);
        }
    }

    private void result(ResultRecord answer) {
        recent.add(new Seen(answer.worker(), System.nanoTime()));
        if (answer.clockError().abs().compareTo(SKEWED) > 0) {
            skewedWorkers.add(answer.worker());
        }
        String place =
                accounts.placeOf(answer.origin(), answer.json().path("jobId").asText());
        ResultRecord before = accounts.answer(place);
        if (before != null) {
            duplicated++;
            violations.add("a second result for " + place + " (" + answer.key() + "), by " + answer.worker() + " after "
                    + before.worker());
            return;
        }
        statuses.merge(answer.status(), 1, Integer::sum);
        answer.images().forEach(picture -> count(place, picture));
        accounts.answered(place, answer);
        JobRecord job = accounts.job(place);
        if (job != null) {
            match(place, job, answer);
        }
    }

    private void count(String place, StoredImageFile picture) {
        images++;
        switch (picture) {
            case StoredImageFile.Whole whole -> {}
            case StoredImageFile.Missing missing -> {
                dangling++;
                violations.add("an image of " + place + " is not there");
            }
            case StoredImageFile.Broken(String why) -> violations.add("an image of " + place + ": " + why);
        }
    }

    private void letter(DeadLetterEntry letter) {
        if (letter.origin().isEmpty()) {
            violations.add("a dead letter does not say what it is of");
            return;
        }
        String place = accounts.placeOf(letter.origin(), "");
        if (!accounts.lettered(place, letter)) {
            violations.add("a second dead letter of " + place);
            return;
        }
        compareLetter(place);
    }

    /** Whether an answer is one that this job may get. */
    private void match(String place, JobRecord job, ResultRecord answer) {
        if (answer.status().equals("cancelled") && !cancelled.containsKey(answer.key())) {
            // Cancellations and results are read side by side.
            withoutCancellation.add(place);
            return;
        }
        judge(place, job, answer);
    }

    private void judge(String place, JobRecord job, ResultRecord answer) {
        check.wrong(job, answer).forEach(violations::add);
        if (redraw != null) {
            redraw(job, answer);
        }
        accounts.answered(place, answer.judged());
        compareLetter(place);
    }

    private void redraw(JobRecord job, ResultRecord answer) {
        for (JsonNode image : answer.json().path("images")) {
            String wrong = redraw == null
                    ? ""
                    : redraw.mismatch(
                            image, job.json(), answer.json().path("profile").asText());
            if (!wrong.isEmpty()) {
                violations.add("an image of " + job.key() + ": " + wrong);
            }
        }
    }

    private void compareLetter(String place) {
        JobRecord job = accounts.job(place);
        ResultRecord answer = accounts.answer(place);
        DeadLetterEntry letter = accounts.letter(place);
        if (job != null && answer != null && letter != null) {
            letter.wrong(job, answer).forEach(violations::add);
        }
    }

    private synchronized void lookAgain() {
        List<String> again = List.copyOf(withoutCancellation);
        withoutCancellation.clear();
        for (String place : again) {
            JobRecord job = accounts.job(place);
            ResultRecord answer = accounts.answer(place);
            if (job != null && answer != null) {
                match(place, job, answer);
            }
        }
    }

    /** Reads a topic to its present end and no further, because it is about to be deleted. */
    public void leave(String topic) {
        reader.leave(topic);
    }

    /**
     * Reads a topic from its beginning, because it was created again. Its unanswered jobs or unread letters are gone.
     *
     * @param deletedMillis since the epoch, when it was gone
     */
    public void renewed(String topic, long deletedMillis) {
        if (topic.equals(topics.deadLetters())) {
            accounts.lettersLost(deletedMillis);
        } else {
            accounts.renewed(topic);
        }
        reader.comeBack(topic);
    }

    /** The account as it stands. */
    public synchronized Account account() {
        return new Account(
                accounts.jobs(),
                accounts.answers(),
                accounts.letters(),
                accounts.unanswered().size(),
                duplicated,
                dangling,
                images);
    }

    /** Jobs that went with a topic that was deleted. */
    public int gone() {
        return accounts.gone();
    }

    /** Job records that have no result yet. */
    public int inFlight() {
        return accounts.unanswered().size();
    }

    /** Results whose dead letter has not been seen yet. */
    public int withoutLetter() {
        return accounts.withoutLetter().size();
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

    /** Whether all jobs of a topic are answered. */
    public boolean drained(String topic) {
        return accounts.drained(topic);
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
    public synchronized void settle() {
        for (String place : withoutCancellation) {
            JobRecord job = accounts.job(place);
            ResultRecord answer = accounts.answer(place);
            if (job != null && answer != null) {
                judge(place, job, answer);
            }
        }
        withoutCancellation.clear();
        accounts.leftOver().forEach(violations::add);
    }

    @Override
    public void close() {
        reader.close();
    }
}
