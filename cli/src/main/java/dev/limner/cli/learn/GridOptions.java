package dev.limner.cli.learn;

import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.TextFile;
import dev.limner.training.evaluate.SampleGrid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The captions of the sample grid. */
public final class GridOptions {
    private static final long SEED = 5;

    @Option(
            names = "--grid-captions",
            paramLabel = "FILE",
            description = "Captions of the sample grid, one per line. Default: data/captions-64.txt, or"
                    + " data/captions-64-LANGUAGE.txt where there is one")
    @Nullable
    Path captions;

    SampleGrid grid(ProjectLayout home, String language) {
        Path own = home.root().resolve("data/captions-64-" + language + ".txt");
        Path file = captions != null ? captions : Files.exists(own) ? own : home.gridCaptions();
        try {
            List<String> lines = TextFile.wholeLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            if (lines.isEmpty()) {
                throw new UsageException("--grid-captions " + file + " holds no caption");
            }
            return new SampleGrid(lines, SEED);
        } catch (IOException e) {
            throw new UncheckedIOException("the grid's captions " + file + " cannot be read", e);
        }
    }
}
