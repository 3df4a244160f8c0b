package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.extractor.Contamination;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import dev.limner.training.evaluate.extractor.ExtractorMaterial;
import dev.limner.training.evaluate.extractor.ExtractorReading;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The judges that images are compared through. Those that are named; else those beside the data; else those of the sample
 * data, if they have not seen the data and can read it; else judges made of the data itself.
 */
public final class JudgesOptions {
    private static final int HASH_SHOWN = 16;

    @Option(
            names = "--judges",
            paramLabel = "DIR",
            description = "The frozen networks that images are compared through. Default: those beside the data; else"
                    + " those of the sample data, if they can read it; else they are trained once on a part of the data,"
                    + " which takes a few minutes, and kept in the cache")
    @Nullable
    Path chosen;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** Judges for the data, trained now if there are none. */
    public FeatureExtractors open(
            LearnOptions options, ProjectLayout home, DataSet set, String language, TextEncoder encoder, Device on) {
        PrintWriter errors = spec.commandLine().getErr();
        Path beside = FeatureExtractors.beside(options.data, language);
        Path named = chosen != null ? chosen : FeatureExtractors.in(beside) ? beside : null;
        if (named != null) {
            FeatureExtractors found = FeatureExtractors.read(named, on);
            Optional<String> wrong = found.misfit(set, language, encoder.id());
            if (wrong.isPresent()) {
                found.close();
                throw new UsageException(
                        "the judges in " + named + " " + wrong.get() + ": limner judges trains others");
            }
            warn(found, set, named);
            return found;
        }
        Path shipped = FeatureExtractors.beside(home.emojiData(), language);
        if (FeatureExtractors.in(shipped)) {
            FeatureExtractors found = FeatureExtractors.read(shipped, on);
            Optional<String> wrong = unsuited(found, set, language, encoder);
            if (wrong.isEmpty()) {
                errors.println("judges of the sample data, in " + shipped);
                return found;
            }
            found.close();
            errors.println("the judges of the sample data are not for this data: they " + wrong.get());
        }
        Path folder = home.cache()
                .resolve("judges-" + language + "-v" + ExtractorDescription.VERSION + "-" + set.side() + "-"
                        + options.judgesSeed + "-" + set.digest().substring(0, HASH_SHOWN));
        if (!FeatureExtractors.in(folder)) {
            errors.println("training judges first, the small networks that images are compared through: a few minutes,"
                    + " once for this data; they are kept in " + folder);
            options.train(
                    ExtractorMaterial.within(set, List.of(language)),
                    List.of(new ExtractorTraining.Target(language, encoder, folder)),
                    on);
        }
        FeatureExtractors found = FeatureExtractors.read(folder, on);
        warn(found, set, folder);
        return found;
    }

    /** Says so if they know images by heart that they are to judge. */
    private void warn(FeatureExtractors judges, DataSet set, Path folder) {
        Contamination contamination = Contamination.of(judges, set);
        if (!contamination.isClean()) {
            spec.commandLine()
                    .getErr()
                    .println("the judges in " + folder + " are not impartial: " + contamination.text());
        }
    }

    /** Why judges of other data should not judge this one. */
    private static Optional<String> unsuited(
            FeatureExtractors judges, DataSet set, String language, TextEncoder encoder) {
        Optional<String> wrong = judges.misfit(set, language, encoder.id());
        if (wrong.isPresent()) {
            return wrong;
        }
        Contamination contamination = Contamination.of(judges, set);
        if (!contamination.isClean()) {
            return Optional.of("know it: " + contamination.text());
        }
        List<CaptionedImage> heldOut = set.images().stream()
                .filter(image -> set.splitOf(image) != Split.TRAIN
                        && !image.captionsIn(language).isEmpty())
                .toList();
        ExtractorReading reading = ExtractorReading.of(judges, heldOut, encoder);
        return reading.isReadable()
                ? Optional.empty()
                : Optional.of("cannot read its held-out images: " + reading.text());
    }
}
