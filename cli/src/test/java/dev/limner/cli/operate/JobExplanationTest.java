package dev.limner.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class JobExplanationTest {
    /** Clears the screen, sets the window's title, turns the writing round and forges a line. */
    private static final String HOSTILE = "\u001b[2J\u001b]0;root\u0007\u202eevil\u009b31m\n  result       completed";

    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void shouldShowABadRecordWithoutObeyingIt() {
        ObjectNode told = mapper.createObjectNode().put("jobId", HOSTILE);
        told.withArray("submissions")
                .addObject()
                .put("record", "limner.jobs.bulk-0@7")
                .put("sent", "2026-01-31T12:00:00Z")
                .put("key", HOSTILE)
                .put("redrive", HOSTILE)
                .put("value", HOSTILE + "x".repeat(300_000));
        told.withArray("deadLetters")
                .addObject()
                .put("record", "limner.dead-letters-0@1")
                .put("at", "2026-01-31T12:00:01Z")
                .put("reason", "malformed-json: " + HOSTILE);
        ObjectNode result = told.withArray("results").addObject();
        result.putObject("result")
                .put("status", HOSTILE)
                .put("worker", HOSTILE)
                .putObject("error")
                .put("code", HOSTILE)
                .put("message", HOSTILE);
        StringWriter terminal = new StringWriter();

        PrintWriter out = new PrintWriter(terminal);
        new JobExplanation(told, out).print();
        out.flush();

        assertThat(terminal.toString())
                .doesNotContain("\u001b", "\u009b", "\u0007", "\u202e")
                .contains("\\u001b[2J")
                .contains("more characters)");
        assertThat(terminal.toString().lines())
                .hasSize(7)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(PrintableText.LONGEST + 400));
    }

    @Test
    void shouldTellWhichOfSeveralRecordsAResultAnswers() {
        ObjectNode told = mapper.createObjectNode().put("jobId", "twice");
        told.withArray("submissions").addObject().put("record", "limner.jobs.bulk-0@7");
        told.withArray("submissions").addObject().put("record", "limner.jobs.bulk-0@8");
        told.withArray("results")
                .addObject()
                .put("record", "limner.results-1@2")
                .putObject("result")
                .put("status", "completed")
                .putObject("source")
                .put("topic", "limner.jobs.bulk")
                .put("partition", 0)
                .put("offset", 8);
        StringWriter terminal = new StringWriter();

        PrintWriter out = new PrintWriter(terminal);
        new JobExplanation(told, out).print();
        out.flush();

        assertThat(terminal.toString()).contains("limner.results-1@2, answers limner.jobs.bulk-0@8");
    }

    @Test
    void shouldTellOfARecordWithoutAValue() {
        ObjectNode told = mapper.createObjectNode().put("jobId", "limner.jobs.bulk-0-7");
        told.withArray("submissions")
                .addObject()
                .put("sent", "now")
                .put("record", "r")
                .putNull("value");
        StringWriter terminal = new StringWriter();

        PrintWriter out = new PrintWriter(terminal);
        new JobExplanation(told, out).print();
        out.flush();

        assertThat(terminal.toString()).contains("  value        null");
    }
}
