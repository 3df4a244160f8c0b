package dev.limner.testkit.bench;

import dev.limner.cli.LimnerCommand;
import dev.limner.testkit.bench.learn.ForgettingCommand;
import dev.limner.testkit.bench.learn.LearnCommand;
import dev.limner.testkit.bench.learn.TransferCommand;
import dev.limner.testkit.bench.swap.RefusalsCommand;
import dev.limner.testkit.bench.swap.SwapCommand;
import picocli.CommandLine.Command;

/** {@code limner bench}: figures about this machine. */
@Command(
        name = "bench",
        description = "Measure speed, memory and learning.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ConvolutionCommand.class,
            ForgettingCommand.class,
            GateCommand.class,
            ImportCommand.class,
            IntervalsCommand.class,
            LatencyCommand.class,
            LearnCommand.class,
            ModelCommand.class,
            NetworkCommand.class,
            PipelineCommand.class,
            RefusalsCommand.class,
            RollbackCommand.class,
            ScalingCommand.class,
            SoakCommand.class,
            StopCommand.class,
            SwapCommand.class,
            TorchCommand.class,
            TrainingCommand.class,
            TransferCommand.class
        })
public final class BenchCommand implements LimnerCommand {}
