package dev.limner.cli;

import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.Progress;
import dev.limner.cli.terminal.StandardOutput;
import dev.limner.client.FleetClient;
import dev.limner.client.FleetRecord;
import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.JobGroup;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.text.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner watch}: results as they come, or a group until it is finished. */
@Command(
        name = "watch",
        description = {
            "Print results as they are committed, until Ctrl-C or until nobody reads them any more.",
            "With --group: follow a group until every job has its result, then write a manifest.jsonl with caption, seed, image"
                    + " and digest."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:the group is finished and all of it completed",
            "1:something failed",
            "2:misuse",
            "3:some jobs were not completed",
            "141:nobody reads the output any more"
        })
public final class WatchCommand implements Callable<Integer>, LimnerCommand {
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(names = "--group", paramLabel = "NAME", description = "Follow this group.")
    @Nullable
    String group;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the group's manifest goes. Default: .limner/groups/NAME/manifest.jsonl")
    @Nullable
    Path out;

    @Option(names = "--from-start", description = "Without --group: begin with the oldest result that is kept.")
    boolean fromStart;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Give up when nothing has come for this long. Default: never")
    long timeout = Long.MAX_VALUE / 1_000_000_000L;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        return group == null ? print(client) : follow(client, group);
    }

    private int print(FleetClient client) {
        PrintWriter terminal = spec.commandLine().getOut();
        long heard = System.nanoTime();
        try (FleetClient.Reader reader = client.results(fromStart)) {
            while (System.nanoTime() - heard < timeout * 1_000_000_000L) {
                for (Result result : reader.pollResults(POLL)) {
                    heard = System.nanoTime();
                    terminal.println(PrintableText.whole(result.jobId() + "  " + describe(result)));
                }
                terminal.flush();
                if (StandardOutput.readerGone()) {
                    return StandardOutput.READER_GONE;
                }
                if (StandardOutput.failed()) {
                    return 1;
                }
            }
        }
        return 0;
    }

    private static String describe(Result result) {
        return result.outcome() instanceof Outcome.Completed completed
                ? "completed  "
                        + String.join(
                                "  ",
                                completed.images().stream()
                                        .map(Outcome.ImageRef::uri)
                                        .toList())
                : ResultCollector.complaint(result).orElse("");
    }

    private int follow(FleetClient client, String name) {
        Map<String, Job> jobs = new LinkedHashMap<>();
        Map<String, Result> results = new LinkedHashMap<>();
        int size = -1;
        long heard = System.nanoTime();
        try (FleetClient.Reader reader = client.everything();
                Progress progress = Progress.of("group " + name, 0)) {
            while (size < 0 || results.size() < size || jobs.size() < results.size()) {
                for (FleetRecord record : reader.poll(POLL)) {
                    boolean mine = record.topic().equals(client.topics().results())
                            ? takeResult(record, name, results)
                            : takeJob(record, name, jobs);
                    heard = mine ? System.nanoTime() : heard;
                }
                size = size(jobs, results, size);
                progress.total(Math.max(0, size));
                progress.to(results.size(), CountedNoun.of(jobs.size(), "job") + " seen");
                if (System.nanoTime() - heard > timeout * 1_000_000_000L) {
                    throw new IllegalStateException(silent(name, results.size(), size));
                }
            }
        }
        return write(name, jobs, results);
    }

    /** @param size of the group; negative while no job and no result of it has been seen */
    private String silent(String group, int results, int size) {
        return size < 0
                ? "no job of the group " + group + " is known and none came for " + timeout + " s"
                : "the group " + group + " has " + results + " of " + size + " results and nothing more came for "
                        + timeout + " s";
    }

    private static boolean takeResult(FleetRecord record, String name, Map<String, Result> results) {
        return FleetClient.result(record)
                .filter(result -> result.group() != null && result.group().id().equals(name))
                .map(result -> results.put(result.jobId(), result) == null)
                .orElse(false);
    }

    private static boolean takeJob(FleetRecord record, String name, Map<String, Job> jobs) {
        String fallback = record.topic() + "-" + record.partition() + "-" + record.offset();
        return JobCodec.decode(record.value(), fallback) instanceof Decoded.Valid(Job job)
                && job.group() != null
                && job.group().id().equals(name)
                && jobs.put(job.id(), job) == null;
    }

    private static int size(Map<String, Job> jobs, Map<String, Result> results, int known) {
        for (Job job : jobs.values()) {
            JobGroup of = job.group();
            return of == null ? known : of.size();
        }
        for (Result result : results.values()) {
            JobGroup of = result.group();
            return of == null ? known : of.size();
        }
        return known;
    }

    private int write(String name, Map<String, Job> jobs, Map<String, Result> results) {
        PrintWriter terminal = spec.commandLine().getOut();
        Path file = out == null
                ? ProjectLayout.find().state().resolve("groups").resolve(name).resolve("manifest.jsonl")
                : out;
        List<String> lines = new ArrayList<>();
        int incomplete = 0;
        for (Job job : jobs.values()) {
            Result result = results.get(job.id());
            if (result != null && result.outcome() instanceof Outcome.Completed completed) {
                completed
                        .images()
                        .forEach(image ->
                                lines.add(new ResultCollector.Generated(job, result, image).manifestLine(null)));
            } else if (result != null) {
                incomplete++;
                terminal.println(PrintableText.whole(job.id() + "  " + describe(result)));
            }
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("the manifest " + file + " cannot be written", e);
        }
        terminal.println(CountedNoun.of(lines.size(), "image") + " in " + file);
        terminal.flush();
        return incomplete == 0 ? 0 : 3;
    }
}
