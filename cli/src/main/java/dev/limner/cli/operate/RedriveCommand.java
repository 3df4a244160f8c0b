package dev.limner.cli.operate;

import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.client.DeadLetterRecord;
import dev.limner.client.DeadLetterRedrive;
import dev.limner.client.FleetClient;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.RedriveHeaders;
import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner redrive}. */
@Command(
        name = "redrive",
        description = {
            "Send jobs from the dead-letter topic again, to the topics they came from. Without --apply it only shows which.",
            "A job sent again carries a redrive number, and its result echoes it. A dead letter is sent again once, however often"
                    + " this is called; if the job fails again, it leaves a dead letter of its own.",
            "Of the error codes it says which can only fail again, because the fault is in the record itself; --reason leaves"
                    + " these out."
        },
        mixinStandardHelpOptions = true)
public final class RedriveCommand implements Callable<Integer>, LimnerCommand {
    private static final int MOST_SHOWN = 20;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Option(
            names = "--reason",
            split = ",",
            paramLabel = "CODE",
            description = "Only dead letters with these error codes, such as worker-crashed,device-failed.")
    List<String> reasons = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only dead letters from then on: 2026-01-31T12:00:00Z, or a span back from now such as PT2H.")
    @Nullable
    String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only dead letters before then, written likewise.")
    @Nullable
    String until;

    @Option(names = "--limit", paramLabel = "N", description = "At most this many, oldest first.")
    int limit = Integer.MAX_VALUE;

    @Option(names = "--apply", description = "Send them.")
    boolean apply;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        Set<String> codes = Set.copyOf(reasons);
        for (String code : codes) {
            try {
                ErrorCode.of(code);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--reason: " + e.getMessage() + "; there are "
                        + Arrays.stream(ErrorCode.values())
                                .map(ErrorCode::wireName)
                                .collect(Collectors.joining(", ")));
            }
        }
        Instant from = since == null ? Instant.MIN : time("--since", since);
        Instant to = until == null ? Instant.MAX : time("--until", until);
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        if (!apply) {
            show(choose(client, codes, from, to), false);
            return 0;
        }
        // First the transactional id: whoever was about to send the same letters is fenced, and what it had committed
        // is found below.
        try (DeadLetterRedrive redrive = new DeadLetterRedrive(client)) {
            List<DeadLetterRecord> chosen = choose(client, codes, from, to);
            redrive.send(chosen);
            show(chosen, true);
        }
        return 0;
    }

    private static Instant time(String option, String written) {
        try {
            return written.startsWith("P") ? Instant.now().minus(Duration.parse(written)) : Instant.parse(written);
        } catch (DateTimeException e) {
            throw new UsageException(option + " is '" + written
                    + "', must be a time such as 2026-01-31T12:00:00Z or a span such as PT2H");
        }
    }

    private List<DeadLetterRecord> choose(FleetClient client, Set<String> codes, Instant from, Instant to) {
        List<DeadLetterRecord> letters = new ArrayList<>();
        try (FleetClient.Reader reader = client.reader(List.of(client.topics().deadLetters()))) {
            reader.forEachUntilNow(record -> DeadLetterRecord.of(record)
                    .filter(letter -> codes.isEmpty() || codes.contains(letter.code()))
                    .filter(letter -> !letter.at().isBefore(from) && letter.at().isBefore(to))
                    .ifPresent(letters::add));
        }
        Set<String> sent = new HashSet<>();
        try (FleetClient.Reader reader = client.reader(client.topics().allJobs())) {
            reader.forEachUntilNow(record -> {
                record.header(RedriveHeaders.LETTER).ifPresent(sent::add);
            });
        }
        PrintWriter out = spec.commandLine().getOut();
        int before = letters.size();
        letters.removeIf(letter -> sent.contains(letter.place()));
        if (letters.size() < before) {
            out.println(CountedNoun.of(before - letters.size(), "dead letter") + " sent again before");
        }
        int again = letters.size();
        letters.removeIf(DeadLetterRecord::cut);
        if (letters.size() < again) {
            out.println(CountedNoun.of(again - letters.size(), "dead letter") + " too large to be sent again as a job");
        }
        Set<String> lanes = Set.copyOf(client.topics().allJobs());
        letters.removeIf(letter -> !lanes.contains(letter.topic()));
        return letters.subList(0, Math.min(limit, letters.size()));
    }

    /** What is to be expected of another try; nothing of a code that a later release writes. */
    static String prospect(String code) {
        return Arrays.stream(ErrorCode.values())
                .filter(known -> known.wireName().equals(code))
                .findAny()
                .map(known -> known.canPassLater() ? "" : ": can only fail again")
                .orElse("");
    }

    private void show(List<DeadLetterRecord> letters, boolean done) {
        PrintWriter out = spec.commandLine().getOut();
        letters.stream()
                .limit(MOST_SHOWN)
                .forEach(letter -> out.println(PrintableText.line(
                        letter.at() + "  " + letter.place() + "  from " + letter.origin() + "  " + letter.reason())));
        if (letters.size() > MOST_SHOWN) {
            out.println("... and " + (letters.size() - MOST_SHOWN) + " more");
        }
        letters.stream()
                .collect(Collectors.groupingBy(DeadLetterRecord::code, TreeMap::new, Collectors.counting()))
                .forEach((code, count) ->
                        out.println(String.format("%6d %s%s", count, PrintableText.line(code), prospect(code))));
        out.println(
                done
                        ? CountedNoun.of(letters.size(), "job") + " sent again"
                        : CountedNoun.of(letters.size(), "job") + " would be sent again; with --apply they are");
        out.flush();
    }
}
