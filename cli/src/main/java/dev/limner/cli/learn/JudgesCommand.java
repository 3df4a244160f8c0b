package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.cli.LimnerCommand;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner judges}: the networks that evaluation looks through. */
@Command(
        name = "judges",
        description = {
            "Train the frozen networks that limner eval compares images through: a feature extractor and a dual encoder"
                    + " of images and captions, on the training split of a data set.",
            "limner train and limner eval do it themselves when there are none; figures of different judges do not"
                    + " compare."
        },
        mixinStandardHelpOptions = true)
public final class JudgesCommand implements Runnable, LimnerCommand {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearnOptions options;

    @Option(
            names = "--language",
            paramLabel = "LANGUAGE",
            defaultValue = "en",
            description = "Of the captions. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String language;

    @Option(
            names = "--encoder",
            paramLabel = "ENCODER",
            description = "The sentence encoder. Default: bge-small-zh-v1.5-q for zh, else all-minilm-l6-v2-q")
    @Nullable
    String encoderId;

    @Option(names = "--out", paramLabel = "DIR", description = "Where they go. Default: beside the data")
    @Nullable
    Path out;

    /** Of other commands; accepted because earlier releases listed them here. */
    @Option(
            names = {"--judges", "--grid-captions"},
            hidden = true)
    @Nullable
    List<String> unused;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        ProjectLayout home = ProjectLayout.find();
        Device on = options.device();
        DataSet set = options.read(DataSettings.read(options.data).side());
        String id = encoderId != null
                ? encoderId
                : (language.equals("zh") ? PretrainedEncoder.BGE_SMALL_ZH : PretrainedEncoder.MINI_LM).id();
        Path folder =
                out != null ? out : options.data.resolve("judges-" + language + "-v" + ExtractorDescription.VERSION);
        try (TextEncoder encoder = options.encoder(home, id)) {
            options.train(set, language, encoder, on, folder);
        }
        spec.commandLine().getOut().println("judges in " + folder);
    }
}
