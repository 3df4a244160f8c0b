package dev.limner.testkit.bench.learn;

import dev.limner.launcher.ProjectLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark of the learning loop asks for. */
final class LearningOptions {
    @Option(names = "--out", paramLabel = "DIR", description = "Report and images. Default: a folder in .limner")
    @Nullable
    Path out;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting of the trainer, as in --set limner.trainer.tuning.steps=600")
    Map<String, String> extra = new LinkedHashMap<>();

    /** @param name of the benchmark's folder if none is given */
    Path folder(ProjectLayout home, String name) {
        return out == null ? home.state().resolve(name) : out.toAbsolutePath();
    }
}
