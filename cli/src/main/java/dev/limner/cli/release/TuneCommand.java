package dev.limner.cli.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.Progress;
import dev.limner.launcher.BoundedHttp;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner tune}: asks the trainer for a round now and follows it. */
@Command(
        name = "tune",
        description = {
            "Have the trainer start a fine-tuning round now, whatever it was waiting for, and follow it to its end."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:a model was released", "1:something failed, or no model was released", "2:misuse"})
public final class TuneCommand implements Callable<Integer>, LimnerCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--trainer",
            paramLabel = "URL",
            defaultValue = "http://localhost:8090",
            description = "Where the trainer listens. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    URI trainer;

    @Option(names = "--no-wait", description = "Return when the round has started.")
    boolean noWait;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter terminal = spec.commandLine().getOut();
        JsonNode round = ask(HttpRequest.newBuilder(trainer.resolve("/rounds"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.noBody()));
        long id = round.path("id").asLong();
        if (noWait) {
            terminal.println("round " + id + " has started");
            return 0;
        }
        JsonNode first = ask(HttpRequest.newBuilder(trainer.resolve("/status")));
        try (Progress progress =
                Progress.of("round " + id + " (steps)", first.path("steps").asLong())) {
            while (round.path("state").asText().equals("RUNNING")) {
                Thread.sleep(POLL);
                JsonNode status = ask(HttpRequest.newBuilder(trainer.resolve("/status")));
                // How many there are depends on what is learned from, and is known when the tuning begins.
                progress.total(status.path("steps").asLong());
                progress.to(status.path("step").asLong(), status.path("stage").asText());
                round = find(ask(HttpRequest.newBuilder(trainer.resolve("/rounds"))), id);
            }
        }
        round.path("notes").forEach(note -> terminal.println(PrintableText.line(note.asText())));
        URI report = trainer.resolve("/rounds/" + id + "/report");
        terminal.println("round " + id + " " + round.path("state").asText().toLowerCase(Locale.ROOT)
                + (isThere(report) ? "; report: " + report : ""));
        return round.path("state").asText().equals("RELEASED") ? 0 : 1;
    }

    private static JsonNode find(JsonNode rounds, long id) {
        for (JsonNode round : rounds) {
            if (round.path("id").asLong() == id) {
                return round;
            }
        }
        throw new IllegalStateException("the trainer knows no round " + id);
    }

    /** A round that never came to its gate has no report. */
    private boolean isThere(URI page) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(page).build();
        try {
            return BoundedHttp.send(request, PATIENCE).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private JsonNode ask(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response = BoundedHttp.send(request.build(), PATIENCE);
            JsonNode body = JSON.readTree(response.body());
            if (response.statusCode() >= 400) {
                throw new UsageException(
                        "the trainer says: " + body.path("error").asText("HTTP " + response.statusCode()));
            }
            return body;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no trainer answers at " + trainer + "; 'limner up --trainer' starts one", e);
        }
    }
}
