package dev.limner.cli.bench;

import dev.limner.cli.bench.learn.LearnCommand;
import dev.limner.cli.bench.swap.SwapCommand;
import picocli.CommandLine.Command;

/** {@code limner bench}: figures about this machine. */
@Command(
        name = "bench",
        description = "Measure.",
        mixinStandardHelpOptions = true,
        subcommands = {
            LatencyCommand.class,
            LearnCommand.class,
            ModelCommand.class,
            NetworkCommand.class,
            PipelineCommand.class,
            ScalingCommand.class,
            SoakCommand.class,
            SwapCommand.class,
            TorchCommand.class
        })
public final class BenchCommand {
    private BenchCommand() {}
}
