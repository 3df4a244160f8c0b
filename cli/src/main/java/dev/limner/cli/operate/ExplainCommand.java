package dev.limner.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.client.DeadLetterRecord;
import dev.limner.client.FleetAdmin;
import dev.limner.client.FleetClient;
import dev.limner.client.FleetRecord;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.RedriveHeaders;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner explain}. */
@Command(
        name = "explain",
        description = {
            "Tell everything the fleet knows of a job: when it was sent and where it lies, what it waited for, which worker and"
                    + " model generated it, in which batch and with whom, how long each step took, where its result and images"
                    + " are, and if it has no result, how much is before it."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:the job is known",
            "1:something failed, or no record and no result of the job was found",
            "2:misuse"
        })
public final class ExplainCommand implements Callable<Integer>, LimnerCommand {
    private static final int MOST_MATES = 12;

    /** No id of a job: those have no @. */
    private static final Pattern PLACE = Pattern.compile(".+-\\d+@\\d+");

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Parameters(
            paramLabel = "JOB_ID",
            description = "The job's id: its own, or TOPIC-PARTITION-OFFSET if it has none. Or the place of its record,"
                    + " TOPIC-PARTITION@OFFSET, as redrive and this command print it.")
    @SuppressWarnings("NullAway.Init")
    String id;

    @Option(
            names = "--consumer-group",
            paramLabel = "GROUP",
            defaultValue = "limner-workers",
            description = "The workers' group. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String group;

    @Option(names = "--json", description = "One JSON object instead of text.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    private final ObjectMapper mapper = new ObjectMapper();
    private final List<FleetRecord> jobs = new ArrayList<>();
    private final List<FleetRecord> results = new ArrayList<>();
    private final List<DeadLetterRecord> letters = new ArrayList<>();
    private final List<FleetRecord> cancellations = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        if (PLACE.matcher(id).matches()) {
            id = idAt(client, id);
        }
        collect(client);
        ObjectNode told = mapper.createObjectNode().put("jobId", id);
        for (FleetRecord job : jobs) {
            told.withArray("submissions").add(submission(client, job));
        }
        results.forEach(result -> told.withArray("results").add(result(result)));
        letters.forEach(letter -> told.withArray("deadLetters").add(letter(letter)));
        cancellations.forEach(cancellation -> told.withArray("cancellations")
                .add(Instant.ofEpochMilli(cancellation.timestamp()).toString()));
        addMates(client, told.path("results"));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(told);
        } else {
            new JobExplanation(told, out).print();
        }
        out.flush();
        return jobs.isEmpty() && results.isEmpty() ? 1 : 0;
    }

    /** The id of the job whose record lies there, or the id that it has if it has none of its own. */
    private static String idAt(FleetClient client, String place) {
        List<String> found = new ArrayList<>();
        try (FleetClient.Reader reader = client.reader(client.topics().allJobs())) {
            reader.forEachUntilNow(record -> {
                if (record.place().equals(place)) {
                    found.add(jobId(record));
                }
            });
        }
        return found.isEmpty() ? place.replace('@', '-') : found.get(0);
    }

    private void collect(FleetClient client) {
        List<String> all = new ArrayList<>(client.topics().allJobs());
        all.add(client.topics().results());
        all.add(client.topics().deadLetters());
        all.add(client.topics().cancellations());
        try (FleetClient.Reader reader = client.reader(all)) {
            reader.forEachUntilNow(record -> {
                if (record.topic().equals(client.topics().results())) {
                    FleetClient.result(record)
                            .filter(result -> result.jobId().equals(id))
                            .ifPresent(mine -> results.add(record));
                } else if (record.topic().equals(client.topics().deadLetters())) {
                    DeadLetterRecord.of(record).filter(this::mine).ifPresent(letters::add);
                } else if (record.topic().equals(client.topics().cancellations())) {
                    if (record.key() != null && id.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                        cancellations.add(record);
                    }
                } else if (jobId(record).equals(id)) {
                    jobs.add(record);
                }
            });
        }
    }

    private boolean mine(DeadLetterRecord letter) {
        String fallback = letter.origin().replace('@', '-');
        return JobCodec.decode(letter.record().value(), fallback).jobId().equals(id);
    }

    private static String jobId(FleetRecord record) {
        String fallback =
                record.header(RedriveHeaders.ORIGIN).orElse(record.place()).replace('@', '-');
        return JobCodec.decode(record.value(), fallback).jobId();
    }

    private ObjectNode submission(FleetClient client, FleetRecord record) throws InterruptedException {
        ObjectNode told = mapper.createObjectNode();
        told.put("record", record.place());
        told.put("sent", Instant.ofEpochMilli(record.timestamp()).toString());
        if (record.key() != null) {
            told.put("key", new String(record.key(), StandardCharsets.UTF_8));
        }
        record.header(RedriveHeaders.REDRIVE).ifPresent(redrive -> told.put("redrive", redrive));
        if (JobCodec.decode(record.value(), id) instanceof Decoded.Valid(var job)) {
            told.set("job", parse(JobCodec.encode(job)));
        } else {
            told.put("value", record.value() == null ? null : new String(record.value(), StandardCharsets.UTF_8));
        }
        if (results.stream().noneMatch(result -> answers(result, record))) {
            told.put("state", state(client, record));
        }
        return told;
    }

    private static boolean answers(FleetRecord result, FleetRecord job) {
        return FleetClient.result(result)
                .map(read -> read.source())
                .filter(source -> source.topic().equals(job.topic())
                        && source.partition() == job.partition()
                        && source.offset() == job.offset())
                .isPresent();
    }

    /** What is known of a record without a result. */
    private String state(FleetClient client, FleetRecord record) throws InterruptedException {
        try (FleetAdmin admin = client.admin()) {
            long before = record.offset()
                    - admin.committed(group, record.topic(), record.partition()).orElse(0);
            if (before < 0) {
                return "done without a result of its own: the same job came a moment before, or its result was deleted by retention";
            }
            return before == 0
                    ? "the oldest of its partition that is not done: waiting, or on its way through a worker"
                    : "waiting, or on its way through a worker; at most " + before
                            + " records of its partition are before it";
        } catch (IllegalStateException e) {
            return "without a result; " + e.getMessage();
        }
    }

    private ObjectNode result(FleetRecord record) {
        ObjectNode told = mapper.createObjectNode();
        told.put("record", record.place());
        told.put("published", Instant.ofEpochMilli(record.timestamp()).toString());
        ObjectNode result = (ObjectNode) parse(record.value());
        told.set("result", result);
        result.path("images")
                .forEach(image -> told.withObject("pictures")
                        .put(
                                image.path("uri").asText(),
                                presence(image.path("uri").asText())));
        return told;
    }

    private static String presence(String uri) {
        if (!uri.startsWith("file:")) {
            return "not looked for";
        }
        try {
            return Files.exists(Path.of(URI.create(uri))) ? "there" : "not on this machine";
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return "not a file's URI";
        }
    }

    private ObjectNode letter(DeadLetterRecord letter) {
        return mapper.createObjectNode()
                .put("record", letter.place())
                .put("origin", letter.origin())
                .put("at", letter.at().toString())
                .put("redrive", letter.redrive())
                .put("reason", letter.reason());
    }

    /** Who was generated in the same batch; another look at the results, because a batch is known only by then. */
    private void addMates(FleetClient client, JsonNode found) {
        List<String> batches = new ArrayList<>();
        found.forEach(one -> batches.add(one.at("/result/batch/id").asText()));
        batches.removeIf(String::isEmpty);
        if (batches.isEmpty()) {
            return;
        }
        ArrayNode mates = mapper.createArrayNode();
        try (FleetClient.Reader reader = client.results(true)) {
            reader.forEachUntilNow(record -> FleetClient.result(record)
                    .filter(result -> !result.jobId().equals(id))
                    .filter(result -> result.batch() != null
                            && batches.contains(
                                    Objects.requireNonNull(result.batch()).id()))
                    .filter(result -> mates.size() < MOST_MATES)
                    .ifPresent(result -> mates.add(result.jobId())));
        }
        ((ObjectNode) found.path(0)).set("batchMates", mates);
    }

    private JsonNode parse(byte @Nullable [] value) {
        try {
            return mapper.readTree(Objects.requireNonNull(value));
        } catch (IOException e) {
            throw new IllegalStateException("a record that could be read a moment ago is no JSON", e);
        }
    }
}
