package dev.limner.cli.operate;

import dev.limner.cli.fleet.ClusterOptions;
import dev.limner.cli.fleet.FleetClient;
import dev.limner.cli.fleet.Home;
import dev.limner.cli.terminal.Progress;
import dev.limner.cli.terminal.UsageException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner store}. */
@Command(
        name = "store",
        description = "Look after the folder of the pictures.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class StoreCommand implements Runnable {
    private static final int MOST_SHOWN = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "limner store needs a command: gc or verify");
    }

    private static StoreFolder folder(@Nullable Path store) {
        Path chosen = store == null ? Home.find().state().resolve("store") : store.toAbsolutePath();
        if (!Files.isDirectory(chosen)) {
            throw new UsageException("--store is " + chosen + ", which is no folder");
        }
        return new StoreFolder(chosen);
    }

    @Command(
            name = "gc",
            description = {
                "Remove objects that no committed result and no dead letter refers to and that nobody has touched for longer"
                        + " than the job topics keep their records, plus a day. Without --apply it only shows how much that"
                        + " is. Safe while workers run."
            },
            mixinStandardHelpOptions = true)
    int gc(
            @Mixin ClusterOptions cluster,
            @Option(names = "--store", paramLabel = "DIR", description = "Default: .limner/store") @Nullable Path store,
            @Option(names = "--apply", description = "Remove them.") boolean apply)
            throws InterruptedException {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        PrintWriter out = spec.commandLine().getOut();
        Duration kept = Retention.ofJobs(client);
        if (kept.isNegative()) {
            out.println(
                    "the job topics keep their records for ever, so any job may be drawn again: nothing is removed");
            return 0;
        }
        StoreFolder folder = folder(store);
        Instant untouchedSince = Instant.now().minus(kept).minus(Duration.ofDays(1));
        StoreFolder.Sweep sweep = folder.sweep(References.of(client).digests(), untouchedSince, apply);
        out.println(String.format(
                Locale.ROOT,
                "%d objects, %d referred to; %d of %.1f MiB not referred to and untouched since %s%s",
                sweep.objects(),
                sweep.referenced(),
                sweep.garbage(),
                sweep.garbageBytes() / 1048576.0,
                untouchedSince,
                apply ? ", removed" : "; --apply removes them"));
        if (sweep.temporary() > 0) {
            out.println(
                    sweep.temporary() + " half written files of workers that are gone" + (apply ? ", removed" : ""));
        }
        out.flush();
        return 0;
    }

    @Command(
            name = "verify",
            description = {
                "Read every object that a committed result refers to and compare it with its digest. Ends with exit code 1 if"
                        + " one is missing or broken."
            },
            mixinStandardHelpOptions = true)
    int verify(
            @Mixin ClusterOptions cluster,
            @Option(names = "--store", paramLabel = "DIR", description = "Default: .limner/store") @Nullable
                    Path store) {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        StoreFolder folder = folder(store);
        Map<String, String> references = References.of(client).byDigest();
        PrintWriter out = spec.commandLine().getOut();
        int missing = 0;
        int broken = 0;
        int looked = 0;
        try (Progress progress = Progress.of("verify", references.size())) {
            for (Map.Entry<String, String> reference : references.entrySet()) {
                String wrong = folder.wrongWith(reference.getKey());
                if (!wrong.isEmpty() && missing + broken < MOST_SHOWN) {
                    out.println(reference.getKey() + " of " + reference.getValue() + ": " + wrong);
                }
                missing += wrong.equals(StoreFolder.MISSING) ? 1 : 0;
                broken += wrong.isEmpty() || wrong.equals(StoreFolder.MISSING) ? 0 : 1;
                progress.to(++looked, missing + broken + " bad");
            }
        }
        out.println(looked + " objects referred to: " + (looked - missing - broken) + " whole, " + missing
                + " missing, " + broken + " broken");
        out.flush();
        return missing + broken == 0 ? 0 : 1;
    }
}
