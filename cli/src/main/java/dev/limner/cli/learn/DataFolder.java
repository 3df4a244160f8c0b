package dev.limner.cli.learn;

import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The data set that a command is about. */
final class DataFolder {
    @Parameters(paramLabel = "DIR", description = "The data set.")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** At its own size; what cannot be read is told on standard error. */
    DataSet read() {
        return read(data, DataSettings.read(data).side(), spec);
    }

    static DataSet read(Path data, int side, CommandSpec spec) {
        return ShardFiles.read(
                data,
                side,
                (entry, reason, detail) -> spec.commandLine()
                        .getErr()
                        .println(PrintableText.line("skipped " + entry + ": " + reason.text() + " " + detail)));
    }
}
