package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The judges that images are compared through. */
public final class JudgesOptions {
    private static final int HASH_SHOWN = 16;

    @Option(
            names = "--judges",
            paramLabel = "DIR",
            description = "The frozen networks that images are compared through. Default: those beside the data,"
                    + " else they are trained once, which takes a few minutes, and kept in the cache")
    @Nullable
    Path chosen;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** Judges for the data, trained now if there are none yet. */
    public FeatureExtractors open(
            LearnOptions options, ProjectLayout home, DataSet set, String language, TextEncoder encoder, Device on) {
        String name = "judges-" + language + "-v" + ExtractorDescription.VERSION;
        Path beside = options.data.resolve(name);
        Path folder = chosen != null
                ? chosen
                : FeatureExtractors.in(beside)
                        ? beside
                        : home.cache()
                                .resolve(name + "-" + set.side() + "-" + options.judgesSeed + "-"
                                        + set.digest().substring(0, HASH_SHOWN));
        if (!FeatureExtractors.in(folder)) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "training judges first, the small networks that images are compared through: a few minutes,"
                                    + " once for this data; they are kept in " + folder);
            options.train(set, language, encoder, on, folder);
        }
        FeatureExtractors found = FeatureExtractors.read(folder, on);
        ExtractorDescription description = found.description();
        if (!description.dataDigest().equals(set.digest())
                || !description.language().equals(language)
                || description.side() != set.side()
                || !description.textEncoder().equals(encoder.id())) {
            found.close();
            throw new UsageException("the judges in " + folder + " are for " + description.data() + " "
                    + description.dataDigest().substring(0, HASH_SHOWN) + " (" + description.language() + ", "
                    + description.side() + " pixels, " + description.textEncoder() + "), the data is " + set.name()
                    + " " + set.digest().substring(0, HASH_SHOWN) + " (" + language + ", " + set.side() + " pixels, "
                    + encoder.id() + "): limner judges trains others");
        }
        return found;
    }
}
