package dev.limner.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** What {@code limner explain} found, for people. */
final class JobExplanation {
    private static final List<String> STEPS =
            List.of("queued", "batched", "text", "device", "encode", "store", "publish");

    private final JsonNode told;
    private final PrintWriter out;

    JobExplanation(JsonNode told, PrintWriter out) {
        this.told = told;
        this.out = out;
    }

    void print() {
        out.println("job " + PrintableText.line(told.path("jobId").asText()));
        if (told.path("submissions").isEmpty() && told.path("results").isEmpty()) {
            line("", "no job topic and no result has it: it was deleted by retention, or never sent");
            line("", "a job whose record has no readable id is called by its place: TOPIC-PARTITION-OFFSET");
        }
        told.path("submissions").forEach(this::submission);
        told.path("cancellations").forEach(at -> line("cancelled", at.asText()));
        boolean several = told.path("submissions").size() > 1;
        told.path("results").forEach(result -> result(result, several));
        told.path("deadLetters")
                .forEach(letter -> line(
                        "dead letter",
                        letter.path("record").asText() + " at "
                                + letter.path("at").asText() + ": "
                                + letter.path("reason").asText()));
    }

    private void line(String what, String text) {
        // The records are anybody's: what a producer, a worker or a store wrote is shown, never obeyed.
        out.println(String.format("  %-12s %s", what, PrintableText.line(text)));
    }

    private void submission(JsonNode submission) {
        line(
                "sent",
                submission.path("sent").asText() + " to "
                        + submission.path("record").asText()
                        + (submission.has("key")
                                ? ", key " + submission.path("key").asText()
                                : "")
                        + (submission.has("redrive")
                                ? ", redrive " + submission.path("redrive").asText()
                                : ""));
        JsonNode job = submission.path("job");
        if (job.isMissingNode()) {
            line("value", submission.path("value").asText());
        } else {
            if (job.has("caption")) {
                line("caption", job.path("caption").asText());
            }
            if (job.has("label")) {
                line("label", job.path("label").asText());
            }
            if (job.has("controls")) {
                line("controls", job.path("controls").toString());
            }
            line(
                    "asks for",
                    job.path("count").asInt() + " x " + job.path("format").asText() + ", seed "
                            + job.path("seed").asText() + ", truncation "
                            + job.path("truncation").asText() + ", model "
                            + job.path("model").asText()
                            + (job.has("deadline")
                                    ? ", by " + job.path("deadline").asText()
                                    : ""));
        }
        if (submission.has("state")) {
            line("state", submission.path("state").asText());
        }
    }

    private void result(JsonNode found, boolean several) {
        JsonNode result = found.path("result");
        JsonNode source = result.path("source");
        line(
                "result",
                result.path("status").asText() + " at "
                        + found.path("published").asText() + ", "
                        + found.path("record").asText()
                        + (several && source.isObject()
                                ? ", answers " + source.path("topic").asText() + "-"
                                        + source.path("partition").asText() + "@"
                                        + source.path("offset").asText()
                                : ""));
        line(
                "worker",
                result.path("worker").asText() + ", attempt "
                        + result.path("attempts").asInt());
        if (result.has("error")) {
            line(
                    "error",
                    result.at("/error/code").asText() + ": "
                            + result.at("/error/message").asText());
        }
        if (result.has("model")) {
            line(
                    "model",
                    result.at("/model/name").asText() + "@"
                            + result.at("/model/digest").asText());
            line("profile", result.path("profile").asText());
        }
        if (result.has("timings")) {
            StringJoiner timings = new StringJoiner(", ", "", " ms");
            STEPS.forEach(step ->
                    timings.add(step + " " + result.path("timings").path(step).asText()));
            line("took", timings.toString());
        }
        if (result.has("batch")) {
            JsonNode image = result.path("images").path(0);
            List<String> mates = new ArrayList<>();
            found.path("batchMates").forEach(mate -> mates.add(mate.asText()));
            line(
                    "batch",
                    result.at("/batch/id").asText() + ", "
                            + CountedNoun.of(result.at("/batch/size").asInt(), "image") + ", from place "
                            + result.at("/batch/position").asInt()
                            + (mates.isEmpty() ? "" : ", with " + String.join(", ", mates)));
            line(
                    "bucket",
                    result.at("/model/name").asText() + " "
                            + image.path("width").asText() + "x"
                            + image.path("height").asText());
        }
        result.path("warnings").forEach(warning -> line("warning", warning.asText()));
        for (JsonNode image : result.path("images")) {
            String uri = image.path("uri").asText();
            line(
                    "image " + image.path("index").asText(),
                    uri + ", " + image.path("bytes").asText() + " bytes, "
                            + found.path("pictures").path(uri).asText());
        }
    }
}
