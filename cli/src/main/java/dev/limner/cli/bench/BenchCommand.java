package dev.limner.cli.bench;

import picocli.CommandLine.Command;

/** {@code limner bench}: figures about this machine. */
@Command(
        name = "bench",
        description = "Measure.",
        mixinStandardHelpOptions = true,
        subcommands = {
            LatencyCommand.class,
            ModelCommand.class,
            PipelineCommand.class,
            ScalingCommand.class,
            SoakCommand.class
        })
public final class BenchCommand {
    private BenchCommand() {}
}
