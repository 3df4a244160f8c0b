package dev.limner.cli.learn;

import dev.limner.cli.LimnerCommand;
import picocli.CommandLine.Command;

/** {@code limner data}: data sets. */
@Command(
        name = "data",
        description = "Make data sets of captioned images, and look at them.",
        mixinStandardHelpOptions = true,
        subcommands = {DataImportCommand.class, DataShowCommand.class, DataSplitCommand.class})
public final class DataCommand implements LimnerCommand {}
