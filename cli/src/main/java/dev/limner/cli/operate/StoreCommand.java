package dev.limner.cli.operate;

import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.client.StoreReferences;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.store.file.StoreFolder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
        description = "Look after the folder of the images.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StoreGcCommand.class})
public final class StoreCommand implements Runnable, LimnerCommand {
    private static final int MOST_SHOWN = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "limner store needs a command: gc or verify");
    }

    static StoreFolder folder(@Nullable Path store) {
        Path chosen = store == null ? ProjectLayout.find().state().resolve("store") : store.toAbsolutePath();
        if (!Files.isDirectory(chosen)) {
            throw new UsageException("--store is " + chosen + ", which is no folder");
        }
        return new StoreFolder(chosen);
    }

    @Command(
            name = "verify",
            description = {"Read every object that a committed result refers to, and compare it with its digest."},
            mixinStandardHelpOptions = true,
            exitCodeList = {
                "0:every object is whole",
                "1:something failed, or an object is missing or broken",
                "2:misuse"
            })
    int verify(
            @Mixin ClusterOptions cluster,
            @Option(names = "--store", paramLabel = "DIR", description = "Folder of the images. Default: .limner/store")
                    @Nullable
                    Path store)
            throws InterruptedException {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        StoreFolder folder = folder(store);
        int restored = folder.restore();
        if (restored > 0) {
            spec.commandLine()
                    .getOut()
                    .println(CountedNoun.of(restored, "object") + " of a clearance that did not end: renamed back");
        }
        Map<String, String> references = StoreReferences.of(client).byDigest();
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
        out.println(CountedNoun.of(looked, "object") + " referred to: " + (looked - missing - broken) + " whole, "
                + missing + " missing, " + broken + " broken");
        out.flush();
        return missing + broken == 0 ? 0 : 1;
    }
}
