package dev.limner.cli;

import dev.limner.cli.terminal.Progress;
import dev.limner.cli.terminal.UserFile;
import dev.limner.client.FleetClient;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Job;
import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner submit}: captions to jobs. */
@Command(
        name = "submit",
        description = {
            "Send jobs. Each line of FILE or of standard input is a caption, or a job as a JSON object; a file may also be one"
                    + " JSON array of either. Text is UTF-8.",
            "A caption that begins with { is written with a backslash before it: \\{curly}.",
            "All lines are checked before any is sent."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  limner submit \"red apple\" --watch --images out",
            "  limner submit --file captions.txt --count 4 --group apples",
            "  jq -c . jobs.json | limner submit --file - --lane bulk"
        },
        exitCodeList = {
            "0:sent, and with --watch all completed",
            "1:something failed",
            "2:misuse, nothing was sent",
            "3:with --watch, some jobs were not completed"
        })
public final class SubmitCommand implements Callable<Integer>, LimnerCommand {
    @Parameters(arity = "0..*", paramLabel = "CAPTION", description = "Captions, one an argument.")
    List<String> captions = new ArrayList<>();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Captions or jobs, one per line; - for standard input.")
    @Nullable
    Path file;

    /** Shorter than an id may be: the jobs' ids begin with it. */
    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._:-]{1,100}");

    @Option(names = "--group", paramLabel = "NAME", description = "Make the jobs a group that 'limner watch' follows.")
    @Nullable
    String group;

    @Option(names = "--watch", description = "Wait for the results.")
    boolean watch;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "Copy the images here when they are done; implies --watch.")
    @Nullable
    Path images;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Give up waiting when no result has come for this long. Default: ${DEFAULT-VALUE}")
    int timeout;

    @Option(names = "--json", description = "With --watch, end with one JSON object: the figures for scripts.")
    boolean json;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    JobOptions options = new JobOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter terminal = spec.commandLine().getOut();
        if (group != null && !GROUP.matcher(group).matches()) {
            throw new UsageException("--group is '" + group + "', must be 1 to 100 of A-Z a-z 0-9 . _ : -");
        }
        String ids = (group == null ? "job" : group) + "-" + Long.toString(System.currentTimeMillis(), 36);
        List<JobOptions.Written> written = written();
        List<Job> jobs = options.jobs(written, ids, group);
        if (jobs.isEmpty()) {
            throw new UsageException(
                    file == null
                            ? "there is no caption: give one, or --file, or --label for a model with classes"
                            : "there is no caption in " + UserFile.name(file));
        }
        PrintWriter err = spec.commandLine().getErr();
        JobOptions.unread(written).forEach(line -> err.println("limner: " + line));
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        if (!watch && images == null) {
            client.send(jobs, options.lane());
            jobs.forEach(job -> terminal.println(job.id()));
            terminal.flush();
            return 0;
        }
        ResultCollector tally;
        try (FleetClient.Reader reader = client.results(false);
                Progress progress = Progress.of("jobs", jobs.size())) {
            tally = new ResultCollector(jobs);
            client.send(jobs, options.lane());
            tally.await(reader, progress, Duration.ofSeconds(timeout));
        }
        tally.generated()
                .forEach(generated -> terminal.println(PrintableText.whole(
                        generated.image().uri() + "  " + generated.job().title().orElse(""))));
        tally.complaints().forEach(terminal::println);
        if (images != null) {
            tally.copyTo(images);
        }
        if (json) {
            terminal.println(tally.json());
        }
        terminal.flush();
        return tally.allCompleted() ? 0 : 3;
    }

    private List<JobOptions.Written> written() {
        List<JobOptions.Written> written = new ArrayList<>(JobOptions.Written.arguments(captions));
        if (file != null) {
            written.addAll(JobOptions.Written.file(UserFile.bytes(file), UserFile.name(file)));
        } else if (captions.isEmpty() && options.sayWhatToGenerate()) {
            written.add(JobOptions.Written.byOptions());
        }
        return written;
    }
}
