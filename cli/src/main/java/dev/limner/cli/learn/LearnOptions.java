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
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.extractor.ExtractorMaterial;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What training and evaluation have in common: data and device. */
public final class LearnOptions {
    private static final int CAPTIONS = 300_000;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "A data set as limner data import makes it.")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of libtorch. Default: the machine's cores, ${DEFAULT-VALUE}")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--judges-seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Seed of judges that have to be trained. Default: ${DEFAULT-VALUE}")
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

    void train(ExtractorMaterial material, List<ExtractorTraining.Target> targets, Device on) {
        String folders =
                targets.stream().map(target -> target.folder().toString()).collect(Collectors.joining(" and "));
        try (Progress progress = Progress.of("training judges (percent)", 100)) {
            ExtractorTraining.run(
                    material, targets, judgesSeed, on, percent -> progress.to(percent, "into " + folders));
        }
    }
}
