package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds every field of a result, and its record's key and headers, against the job it answers. What images show is
 * {@link GeneratedCheck}'s.
 */
final class ResultCheck {
    private static final int MOST_ATTEMPTS = 10;
    private static final int DEATHS = 3;
    private static final Duration WRONG_CLOCK = Duration.ofMinutes(30);
    private static final Set<String> GENERATED = Set.of("model", "timings", "batch", "images", "profile");

    private final Rules rules;
    private final Function<String, @Nullable Long> cancelled;

    /**
     * What depends on the fleet.
     *
     * @param model whether a model generates; else the constant generator
     * @param mixed whether workers of an earlier release answer too, whose faults know no warnings
     * @param workers the names there are
     */
    record Rules(boolean model, boolean mixed, Set<String> workers) {
        Rules {
            workers = Set.copyOf(workers);
        }
    }

    /** @param cancelled milliseconds since the epoch of a job's cancellation, by id; null for none */
    ResultCheck(Rules rules, Function<String, @Nullable Long> cancelled) {
        this.rules = rules;
        this.cancelled = cancelled;
    }

    /** What is wrong, in words; empty if nothing is. */
    List<String> wrong(JobRecord job, ResultRecord answer) {
        Findings findings = new Findings(job.key() + " at " + job.origin());
        JsonNode result = answer.json();
        String id = id(job);
        findings.equal("jobId", id, result.path("jobId").asText());
        findings.equal("the record's key", id, answer.key());
        fate(findings, job, answer);
        origin(findings, job, result);
        echoes(findings, job, result);
        names(findings, job, result);
        attempts(findings, job, result);
        envelope(findings, job, answer);
        if (answer.status().equals("completed")) {
            GeneratedCheck.fields(findings, rules, job, answer);
        }
        return findings.all();
    }

    /** The id a job's result must carry. */
    static String id(JobRecord job) {
        return reading(job) == BadJob.Reading.NOTHING || job.kind().equals("noid")
                ? job.fallbackId()
                : job.json().path("id").asText();
    }

    private static BadJob.Reading reading(JobRecord job) {
        return job.kind().equals("bad") ? BadJob.of(job.key()).reading() : BadJob.Reading.WHOLE;
    }

    private void fate(Findings findings, JobRecord job, ResultRecord answer) {
        JsonNode result = answer.json();
        boolean clockIsWrong = answer.clockError().abs().compareTo(WRONG_CLOCK) > 0;
        Long at = cancelled.apply(id(job));
        JobExpectations.Expected expected =
                JobExpectations.of(job, clockIsWrong, at == null ? Long.MIN_VALUE : job.timestamp() - at);
        JsonNode error = result.path("error");
        findings.that(
                expected.statuses().contains(answer.status()),
                "was answered with " + answer.status() + " "
                        + error.path("code").asText() + ": "
                        + error.path("message").asText());
        switch (answer.status()) {
            case "rejected", "failed" -> error(findings, job, expected, error);
            case "expired" -> {
                findings.equal("since", instant(job.json().path("deadline")), instant(result.path("since")));
                findings.that(
                        clockIsWrong
                                || !answer.written()
                                        .isBefore(Instant.parse(
                                                job.json().path("deadline").asText())),
                        "expired before its deadline");
            }
            case "cancelled" -> {
                findings.that(JobExpectations.mayBeCancelled(job), "was cancelled, and nobody asked for that");
                findings.equal("since", at == null ? null : Instant.ofEpochMilli(at), instant(result.path("since")));
            }
            default -> {}
        }
    }

    private static @Nullable Instant instant(JsonNode text) {
        return text.isTextual() ? Instant.parse(text.asText()) : null;
    }

    private static void error(Findings findings, JobRecord job, JobExpectations.Expected expected, JsonNode error) {
        findings.equal("error.code", expected.code(), error.path("code").asText());
        boolean bad = job.kind().equals("bad");
        boolean conflict = job.kind().equals("conflict");
        String field = bad ? BadJob.of(job.key()).field() : conflict ? "id" : null;
        String value = bad ? BadJob.of(job.key()).offender() : conflict ? job.key() : null;
        findings.equal("error.field", field, error.path("field").textValue());
        findings.equal("error.value", value, error.path("value").textValue());
        findings.equal("the error's fields", 2 + (field == null ? 0 : 1) + (value == null ? 0 : 1), error.size());
        findings.that(!error.path("message").asText().isBlank(), "its error has no message");
    }

    private void origin(Findings findings, JobRecord job, JsonNode result) {
        JsonNode source = result.path("source");
        findings.equal(
                "source",
                job.origin(),
                source.path("topic").asText() + "-" + source.path("partition").asInt(-1) + "@"
                        + source.path("offset").asLong(-1));
        boolean named = source.has("topicId");
        findings.that(named || rules.mixed(), "does not say which topic of its name it was in");
        findings.that(
                !named || source.path("topicId").asText().matches("[A-Za-z0-9_-]{22}"),
                "was in a topic with the id " + source.path("topicId"));
        findings.equal("the source's fields", named ? 4 : 3, source.size());
        findings.equal("redrive", job.redrive(), result.path("redrive").asInt());
    }

    private static void echoes(Findings findings, JobRecord job, JsonNode result) {
        BadJob.Reading reading = reading(job);
        JsonNode sent = job.json();
        boolean tenant = reading != BadJob.Reading.NOTHING && reading != BadJob.Reading.CONTEXT;
        boolean context = reading != BadJob.Reading.NOTHING && reading != BadJob.Reading.TENANT;
        findings.equal("tenant", tenant ? sent.get("tenant") : null, result.get("tenant"));
        findings.equal("context", context ? sent.get("context") : null, result.get("context"));
        findings.equal("group", reading == BadJob.Reading.WHOLE ? sent.get("group") : null, result.get("group"));
    }

    /** Exactly the fields that belong there, so that one nobody looks at is found as well as one that is missing. */
    private void names(Findings findings, JobRecord job, JsonNode result) {
        Set<String> names = new HashSet<>(Set.of("jobId", "status", "source", "attempts", "worker"));
        switch (result.path("status").asText()) {
            case "completed" -> names.addAll(GENERATED);
            case "rejected", "failed" -> names.add("error");
            default -> names.add("since");
        }
        if (job.redrive() > 0) {
            names.add("redrive");
        }
        for (String echo : List.of("tenant", "context", "group", "warnings")) {
            // What they hold is compared on its own.
            if (result.has(echo)) {
                names.add(echo);
            }
        }
        Set<String> found = new HashSet<>();
        result.fieldNames().forEachRemaining(found::add);
        findings.equal("the fields", names, found);
        findings.that(
                rules.workers().contains(result.path("worker").asText()),
                "was answered by nobody: " + result.path("worker"));
    }

    private static void attempts(Findings findings, JobRecord job, JsonNode result) {
        int attempts = result.path("attempts").asInt();
        switch (result.path("status").asText()) {
            case "completed" ->
                findings.that(attempts >= 1 && attempts <= MOST_ATTEMPTS, "was tried " + attempts + " times");
            case "failed" -> {
                int least = job.kind().equals("halt") ? DEATHS : 2;
                int most = job.kind().equals("halt") ? DEATHS : MOST_ATTEMPTS;
                findings.that(attempts >= least && attempts <= most, "failed after " + attempts + " attempts");
            }
            default -> findings.equal("attempts", 1, attempts);
        }
    }

    private static void envelope(Findings findings, JobRecord job, ResultRecord answer) {
        findings.equal("ce_specversion", "1.0", answer.header("ce_specversion"));
        findings.equal("ce_id", answer.json().path("jobId").asText(), answer.header("ce_id"));
        findings.equal("ce_type", "dev.limner.result." + answer.status(), answer.header("ce_type"));
        findings.equal("ce_source", "limner/worker/" + answer.worker(), answer.header("ce_source"));
        findings.equal("content-type", "application/json", answer.header("content-type"));
        findings.equal("the trace", trace(job.header("traceparent")), trace(answer.header("traceparent")));
    }

    private static @Nullable String trace(@Nullable String parent) {
        return parent == null ? null : parent.split("-", -1)[1];
    }

    /** What is found about one job. */
    static final class Findings {
        private final String job;
        private final List<String> all = new ArrayList<>();

        Findings(String job) {
            this.job = job;
        }

        void that(boolean right, String otherwise) {
            if (!right) {
                all.add(job + " " + otherwise);
            }
        }

        void equal(String what, @Nullable Object expected, @Nullable Object found) {
            if (!Objects.equals(expected, found)) {
                all.add("of " + job + " " + what + " is " + shown(found) + ", must be " + shown(expected));
            }
        }

        private static String shown(@Nullable Object value) {
            String text =
                    value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
            return text.length() <= 120 ? text : text.substring(0, 120) + "...";
        }

        List<String> all() {
            return all;
        }
    }
}
