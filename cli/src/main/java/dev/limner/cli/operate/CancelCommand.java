package dev.limner.cli.operate;

import dev.limner.cli.ClusterOptions;
import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.client.FleetClient;
import dev.limner.protocol.Cancellation;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner cancel}. */
@Command(
        name = "cancel",
        description = {
            "Cancel jobs that are not wanted any more. One that has not reached the device is answered with status cancelled when"
                    + " its turn comes; one that has its result keeps it. Ids are remembered for a day."
        },
        mixinStandardHelpOptions = true)
public final class CancelCommand implements Callable<Integer>, LimnerCommand {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Parameters(paramLabel = "JOB_ID", arity = "1..*", description = "The jobs' ids.")
    List<String> ids = List.of();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Kept with the cancellation.")
    @Nullable
    String reason;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        client.cancel(ids, new Cancellation(Instant.now(), reason));
        spec.commandLine().getOut().println(CountedNoun.of(ids.size(), "cancellation") + " sent");
        return 0;
    }
}
