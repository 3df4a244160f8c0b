package dev.limner.cli.release;

import picocli.CommandLine.Option;

/** Why somebody changes what the fleet serves. */
final class ReasonOption {
    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "by hand",
            description = "For the record. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String text;
}
