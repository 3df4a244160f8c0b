package dev.limner.testkit.chaos.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.client.FleetClient;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.WorkerStatus;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a trainer should have made of what it was sent, and what is wrong with what it made. One thread. */
final class FeedbackLedger {
    private static final Duration BEHIND_WITHIN = Duration.ofMinutes(1);

    private final FleetClient client;
    private final Path bundles;
    private long good;
    private long bad;

    FeedbackLedger(FleetClient client, Path bundles) {
        this.client = client;
        this.bundles = bundles;
    }

    /** Feedback was sent. */
    void sent(long goodRecords, long badRecords) {
        good += goodRecords;
        bad += badRecords;
    }

    long good() {
        return good;
    }

    long bad() {
        return bad;
    }

    /** Whether the trainer has dealt with everything. */
    boolean settled(JsonNode status) {
        return status.path("stage").asText().equals("idle")
                && status.path("entries").asLong() + refused(status) >= good + bad;
    }

    private static long refused(JsonNode status) {
        long sum = 0;
        for (JsonNode count : status.path("refused")) {
            sum += count.asLong();
        }
        return sum;
    }

    /** Everything that is wrong; empty if nothing is. */
    List<String> violations(JsonNode status, JsonNode rounds) {
        List<String> wrong = new ArrayList<>();
        if (status.path("entries").asLong() != good) {
            wrong.add(
                    good + " good records were sent, " + status.path("entries").asLong() + " are remembered");
        }
        if (refused(status) != bad) {
            wrong.add(bad + " bad records were sent, " + refused(status) + " are counted as refused");
        }
        letters(wrong);
        releases(rounds, wrong);
        return wrong;
    }

    private void letters(List<String> wrong) {
        Set<String> origins = new HashSet<>();
        try (FleetClient.Reader reader = client.reader(List.of(client.topics().deadLetters()))) {
            reader.forEachUntilNow(letter ->
                    origins.add(letter.header(DeadLetterHeaders.ORIGIN).orElse("")));
        }
        if (origins.size() != bad) {
            wrong.add(bad + " bad records were sent, " + origins.size() + " have a dead letter");
        }
    }

    /** Every release that was ever visible is whole, and none was made live twice. */
    private void releases(JsonNode rounds, List<String> wrong) {
        List<ModelRecord> records = new ArrayList<>();
        try (FleetClient.Reader reader = client.reader(List.of(client.topics().models()))) {
            reader.forEachUntilNow(record -> {
                if (record.value() != null) {
                    records.add(ModelRecord.decode(record.value()));
                }
            });
        }
        Map<String, Integer> madeLive = new HashMap<>();
        long revision = 0;
        for (ModelRecord record : records) {
            if (record.revision() != ++revision) {
                wrong.add("revision " + record.revision() + " follows " + (revision - 1));
            }
            madeLive.merge(record.live().digest(), 1, Integer::sum);
            for (ModelRecord.Release release : record.releases()) {
                whole(release, wrong);
            }
        }
        for (JsonNode round : rounds) {
            String state = round.path("state").asText();
            if (state.equals("RUNNING") || state.equals("FAILED")) {
                wrong.add("round " + round.path("id").asText() + " is " + state + ": " + round.path("notes"));
            }
            int times = madeLive.getOrDefault(round.path("candidate").asText(), 0);
            if (state.equals("RELEASED") && times != 1) {
                wrong.add("the candidate of round " + round.path("id").asText() + " was made live " + times + " times");
            }
        }
    }

    /** Which of some workers do not run what was released last; empty if all do within a minute. */
    List<String> behind(List<String> workers) throws InterruptedException {
        long deadline = System.nanoTime() + BEHIND_WITHIN.toNanos();
        List<String> behind = behindNow(workers);
        while (!behind.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.SECONDS.sleep(1);
            behind = behindNow(workers);
        }
        return behind;
    }

    private List<String> behindNow(List<String> workers) {
        Map<String, WorkerStatus> statuses = new HashMap<>();
        AtomicLong revision = new AtomicLong();
        try (FleetClient.Reader reader =
                client.reader(List.of(client.topics().models(), client.topics().workers()))) {
            reader.forEachUntilNow(record -> {
                if (record.value() != null
                        && record.topic().equals(client.topics().workers())) {
                    WorkerStatus status = WorkerStatus.decode(record.value());
                    statuses.put(status.worker(), status);
                } else if (record.value() != null) {
                    revision.set(ModelRecord.decode(record.value()).revision());
                }
            });
        }
        List<String> behind = new ArrayList<>();
        for (String worker : workers) {
            WorkerStatus status = statuses.get(worker);
            if (status == null
                    || status.revision() != revision.get()
                    || !status.refused().isEmpty()) {
                behind.add(worker + " does not run revision " + revision + ": "
                        + (status == null ? "it says nothing" : status.revision() + ", " + status.refused()));
            }
        }
        return behind;
    }

    private void whole(ModelRecord.Release release, List<String> wrong) {
        try {
            Path folder = Path.of(URI.create(release.uri()));
            if (!folder.startsWith(bundles.toAbsolutePath())
                    || !ModelBundle.read(folder).manifest().digest().equals(release.digest())) {
                wrong.add("release " + release.digest() + " is another bundle than it says");
            }
        } catch (BundleException e) {
            wrong.add("release " + release.digest() + " is visible and not whole: " + e.getMessage());
        }
    }
}
