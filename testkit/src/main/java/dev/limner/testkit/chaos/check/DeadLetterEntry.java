package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.testkit.chaos.check.ResultCheck.Findings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter.
 *
 * @param origin of its original, as it says itself; empty if it does not
 */
record DeadLetterEntry(String origin, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    /** What the fleet adds to an original's headers, and what no original can forge. */
    private static final String OWN = "limner-";

    private static final int LARGEST_WHOLE = 256 << 10;
    private static final int BEGINNING = 4 << 10;

    static DeadLetterEntry of(ConsumerRecord<byte[], byte[]> record) {
        Header origin = record.headers().lastHeader("limner-origin");
        return new DeadLetterEntry(
                origin == null ? "" : new String(origin.value(), StandardCharsets.UTF_8),
                record.key(),
                record.value(),
                List.of(record.headers().toArray()));
    }

    /** What is wrong with it as the letter of a job that was answered; empty if nothing is. */
    List<String> wrong(JobRecord job, ResultRecord answer) {
        Findings findings = new Findings("the dead letter of " + job.key() + " at " + job.origin());
        if (!answer.needsLetter()) {
            findings.that(false, "is one of a job that was " + answer.status());
            return findings.all();
        }
        findings.that(
                Arrays.equals(job.key().getBytes(StandardCharsets.UTF_8), key), "has another key than its original");
        headers(findings, job, answer.json());
        value(findings, job);
        return findings.all();
    }

    private void headers(Findings findings, JobRecord job, JsonNode result) {
        List<String> copied = headers.stream()
                .filter(header -> !header.key().startsWith(OWN))
                .map(DeadLetterEntry::text)
                .toList();
        List<String> originals = job.headers().stream()
                .filter(header -> !header.key().startsWith(OWN))
                .map(DeadLetterEntry::text)
                .toList();
        findings.equal("the copied headers", originals, copied);
        Map<String, String> own = own();
        JsonNode error = result.path("error");
        findings.equal(
                "limner-reason",
                error.path("code").asText() + ": " + error.path("message").asText(),
                own.get("limner-reason"));
        findings.equal("limner-attempts", result.path("attempts").asText(), own.get("limner-attempts"));
        findings.that(isTime(own.get("limner-at")), "has no time");
        findings.equal("limner-redrive", job.header("limner-redrive"), own.get("limner-redrive"));
        findings.equal("limner-redrive-origin", job.header("limner-redrive-origin"), own.get("limner-redrive-origin"));
        long dropped = job.headers().stream()
                .filter(header -> header.key().startsWith(OWN))
                .count();
        findings.equal(
                "limner-dropped-headers",
                dropped == 0 ? null : String.valueOf(dropped),
                own.get("limner-dropped-headers"));
    }

    private static String text(Header header) {
        return header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8);
    }

    private Map<String, String> own() {
        Map<String, String> own = new HashMap<>();
        headers.stream()
                .filter(header -> header.key().startsWith(OWN))
                .forEach(header -> own.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return own;
    }

    private static boolean isTime(@Nullable String text) {
        try {
            return text != null && Instant.parse(text) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private void value(Findings findings, JobRecord job) {
        String object = own().get("limner-object");
        byte[] original = job.value();
        boolean large = original != null && original.length > LARGEST_WHOLE;
        findings.that(large == (object != null), large ? "names no stored original" : "names a stored original");
        String cutFrom = own().get("limner-cut-from");
        findings.that(
                cutFrom == null || (original != null && large && cutFrom.equals(String.valueOf(original.length))),
                "says that it was cut from " + cutFrom + " bytes");
        byte[] expected = large ? Arrays.copyOf(original, BEGINNING) : original;
        findings.that(Arrays.equals(expected, value), "does not hold its original's bytes");
        if (large && object != null) {
            try {
                findings.that(
                        Arrays.equals(original, Files.readAllBytes(Path.of(URI.create(object)))),
                        "has a stored original that is not the record's value");
            } catch (IOException e) {
                findings.that(false, "has a stored original that cannot be read: " + e);
            }
        }
    }
}
