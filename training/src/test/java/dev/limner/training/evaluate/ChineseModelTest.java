package dev.limner.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second shipped model: Chinese captions, the Chinese encoder, judged as the English one is. */
class ChineseModelTest {
    private static final Path EMOJI = Path.of("../data/emoji");

    @TempDir
    static Path cache;

    @Test
    void shouldGenerateWhatItsCaptionsSay() {
        DataSet data = ShardFiles.read(EMOJI, 64, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
        ModelBundle bundle = ModelBundle.read(Path.of("../models/default-zh"));
        TrainableGenerator network = bundle.generator();
        try (TextEncoder encoder = new CachingTextEncoder(
                        PretrainedEncoder.of(bundle.manifest().requireTextEncoder())
                                .load(cache, 2),
                        20_000);
                FeatureExtractors extractors = FeatureExtractors.read(EMOJI.resolve("judges-zh-v1"), Device.cpu());
                NDManager memory = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Renderer shipped = Renderer.load(bundle, Device.cpu())) {
            Engine.getEngine("PyTorch").setRandomSeed(1);
            EvaluationPlan plan = EvaluationPlan.of(data, "zh", encoder, 300, 1);
            ModelEvaluation evaluation;
            try (Renderer untrained =
                    Renderer.over(memory, network, network.parameters().initialise(memory))) {
                evaluation = ModelEvaluation.run(
                        plan,
                        extractors,
                        new ModelEvaluation.Candidate(
                                ImageSource.of(shipped), network.inputs(), ImageSource.of(untrained)));
            }

            assertThat(extractors.description().dataDigest()).isEqualTo(data.digest());
            assertThat(evaluation.alarms()).isEmpty();
            assertThat(evaluation.figures().get(Metric.R_PRECISION).model().value())
                    .isGreaterThan(0.6);
            assertThat(evaluation.figures().get(Metric.HUE).model().value()).isGreaterThan(0.7);
        }
    }
}
