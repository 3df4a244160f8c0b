package dev.limner.cli.learn;

import ai.djl.Device;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.TorchThreads;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.text.TextFile;
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.SampleGrid;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What training and evaluation have in common: data, device, grid and judges. */
public final class LearnOptions {
    private static final long GRID_SEED = 5;
    private static final int CAPTIONS = 300_000;
    private static final int HASH_SHOWN = 16;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "A data set as limner data import makes it.")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Option(names = "--device", defaultValue = "auto", description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String device;

    @Option(names = "--threads", description = "Threads of libtorch. Default: the machine's cores, ${DEFAULT-VALUE}")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--grid-captions",
            paramLabel = "FILE",
            description = "Captions of the sample grid, one per line. Default: data/captions-64.txt, or"
                    + " data/captions-64-LANGUAGE.txt where there is one")
    @Nullable
    Path gridCaptions;

    @Option(
            names = "--judges",
            paramLabel = "DIR",
            description = "The frozen networks that images are compared through. Default: those beside the data,"
                    + " else they are trained once, which takes a few minutes, and kept in the cache")
    @Nullable
    Path extractors;

    @Option(names = "--judges-seed", defaultValue = "1", description = "Seed of judges that have to be trained.")
    long judgesSeed;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /**
     * The device to compute on, after a first look at whether it computes right; each network tests its own shapes.
     *
     * @throws dev.limner.generator.arithmetic.UnsupportedArithmeticException if it does not
     */
    public Device device() {
        Device chosen = DeviceChoice.resolve(device);
        TorchThreads.set(threads);
        ConvolutionSupport.on(chosen).require(List.of(), true);
        return chosen;
    }

    public DataSet read(int side) {
        return DataFolder.read(data, side, spec);
    }

    /** An encoder that remembers: captions are looked at by the sampler, the plan and the grid. */
    public TextEncoder encoder(ProjectLayout home, String id) {
        return new CachingTextEncoder(PretrainedEncoder.of(id).load(home.cache(), threads), CAPTIONS);
    }

    SampleGrid grid(ProjectLayout home, String language) {
        Path own = home.root().resolve("data/captions-64-" + language + ".txt");
        Path file = gridCaptions != null ? gridCaptions : Files.exists(own) ? own : home.gridCaptions();
        try {
            List<String> captions = TextFile.wholeLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            if (captions.isEmpty()) {
                throw new UsageException("--grid-captions " + file + " holds no caption");
            }
            return new SampleGrid(captions, GRID_SEED);
        } catch (IOException e) {
            throw new UncheckedIOException("the grid's captions " + file + " cannot be read", e);
        }
    }

    /** Judges for the data, trained now if there are none yet. */
    public FeatureExtractors extractors(
            ProjectLayout home, DataSet set, String language, TextEncoder encoder, Device on) {
        String name = "judges-" + language + "-v" + ExtractorDescription.VERSION;
        Path beside = data.resolve(name);
        Path folder = extractors != null
                ? extractors
                : FeatureExtractors.in(beside)
                        ? beside
                        : home.cache()
                                .resolve(name + "-" + set.side() + "-" + judgesSeed + "-"
                                        + set.digest().substring(0, HASH_SHOWN));
        if (!FeatureExtractors.in(folder)) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "training judges first, the small networks that images are compared through: a few minutes,"
                                    + " once for this data; they are kept in " + folder);
            train(set, language, encoder, on, folder);
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

    void train(DataSet set, String language, TextEncoder encoder, Device on, Path folder) {
        try (Progress progress = Progress.of("training judges (percent)", 100)) {
            ExtractorTraining.run(
                    set, language, encoder, judgesSeed, on, folder, percent -> progress.to(percent, "into " + folder));
        }
    }
}
