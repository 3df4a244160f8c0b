package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.cli.LimnerCommand;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.evaluate.extractor.ExtractorMaterial;
import dev.limner.training.evaluate.extractor.ExtractorStatement;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
            split = ",",
            defaultValue = "en",
            description =
                    "Of the captions. Judges of several, as in en,zh, see images alike. Default: ${DEFAULT-VALUE}")
    List<String> languages = List.of();

    @Option(
            names = "--encoder",
            paramLabel = "ENCODER",
            description =
                    "The sentence encoder, for one language. Default: bge-small-zh-v1.5-q for zh, else all-minilm-l6-v2-q")
    @Nullable
    String encoderId;

    @Option(
            names = "--train-on",
            paramLabel = "DIR",
            split = ",",
            description =
                    "Data sets to learn from instead of --data, of its size; of their images those with captions in every"
                            + " language.")
    List<Path> others = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where they go; those of several languages each to a folder in it. Default: beside the data")
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
        if (encoderId != null && languages.size() != 1) {
            throw new UsageException("--encoder " + encoderId + " is for one language, not for " + languages);
        }
        ProjectLayout home = ProjectLayout.find();
        Device on = options.device();
        int side = DataSettings.read(options.data).side();
        DataSet set = options.read(side);
        ExtractorMaterial material = others.isEmpty()
                ? ExtractorMaterial.within(set, languages)
                : ExtractorMaterial.elsewhere(
                        others.stream()
                                .map(other -> DataFolder.read(other, side, spec))
                                .toList(),
                        languages);
        List<ExtractorTraining.Target> targets = new ArrayList<>();
        try {
            for (String language : languages) {
                targets.add(new ExtractorTraining.Target(
                        language, options.encoder(home, encoder(language)), folder(language)));
            }
            options.train(material, targets, on);
            targets.forEach(target -> print(target, set, on));
        } finally {
            targets.forEach(target -> target.encoder().close());
        }
    }

    private String encoder(String language) {
        if (encoderId != null) {
            return encoderId;
        }
        return (language.equals("zh") ? PretrainedEncoder.BGE_SMALL_ZH : PretrainedEncoder.MINI_LM).id();
    }

    private Path folder(String language) {
        return out != null && languages.size() == 1
                ? out
                : FeatureExtractors.beside(out != null ? out : options.data, language);
    }

    private void print(ExtractorTraining.Target target, DataSet set, Device on) {
        PrintWriter terminal = spec.commandLine().getOut();
        try (FeatureExtractors judges = FeatureExtractors.read(target.folder(), on)) {
            ExtractorStatement.of(judges, set, target.encoder()).lines().forEach(terminal::println);
        }
        terminal.println("judges in " + target.folder());
    }
}
