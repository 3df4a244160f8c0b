package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.cli.LimnerCommand;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.evaluate.extractor.ExtractorMaterial;
import dev.limner.training.evaluate.extractor.ExtractorStatement;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.io.PrintWriter;
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
                    + " of images and captions.",
            "Judges that have seen the images a generator learned from take copies of them for better than they are:"
                    + " --train-on names other data of the same kind, as emoji of another maker. Without it they learn"
                    + " from the data's validation images, or, where those are few, from half of its training"
                    + " subjects, and evaluations say so.",
            "limner train and limner eval do the latter themselves when there are none; figures of different judges do"
                    + " not compare."
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

    @Option(
            names = "--train-on",
            paramLabel = "DIR",
            split = ",",
            description = "Data sets to learn from instead of --data, of its size and with captions in the language.")
    List<Path> others = List.of();

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
        int side = DataSettings.read(options.data).side();
        DataSet set = options.read(side);
        String id = encoderId != null
                ? encoderId
                : (language.equals("zh") ? PretrainedEncoder.BGE_SMALL_ZH : PretrainedEncoder.MINI_LM).id();
        Path folder = out != null ? out : FeatureExtractors.beside(options.data, language);
        ExtractorMaterial material = others.isEmpty()
                ? ExtractorMaterial.within(set, language)
                : ExtractorMaterial.elsewhere(
                        others.stream()
                                .map(other -> DataFolder.read(other, side, spec))
                                .toList(),
                        language);
        try (TextEncoder encoder = options.encoder(home, id)) {
            options.train(material, encoder, on, folder);
            try (FeatureExtractors judges = FeatureExtractors.read(folder, on)) {
                PrintWriter terminal = spec.commandLine().getOut();
                ExtractorStatement.of(judges, set, encoder).lines().forEach(terminal::println);
            }
        }
        spec.commandLine().getOut().println("judges in " + folder);
    }
}
