package dev.limner.training.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.Sketchbook;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped model against what is made of its images. Latency is a timing and left out of what is expected. */
class QualityGateTest {
    @TempDir
    static Path cache;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;
    private static Renderer shipped;
    private static ImageSource asShipped;
    private static QualityGate gate;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(cache, 1), 10_000);
        Path emoji = Path.of("../data/emoji");
        extractors = FeatureExtractors.read(emoji.resolve("judges-en-v2"), Device.cpu());
        shipped = Renderer.load(ModelBundle.read(Path.of("../models/default")), Device.cpu());
        asShipped = new Sketchbook(ImageSource.of(shipped));
        gate = new QualityGate(
                EvaluationPlan.of(ShardFiles.read(emoji, 64, (entry, reason, detail) -> {}), "en", encoder, 60, 1),
                extractors);
    }

    @AfterAll
    static void close() {
        shipped.close();
        extractors.close();
        encoder.close();
    }

    @Test
    void shouldRefuseWhatOneRoundHasMadeWorse() {
        assertThat(failed(gate.judge(grained(), asShipped, Optional.empty(), List.of(), ErrorBudget.FIRST)))
                .contains("kid", "slicedWasserstein");
    }

    @Test
    void shouldRefuseWhatManyRoundsHaveMadeWorseThoughTheLastDidNothing() {
        ImageSource worn = grained();

        assertThat(failed(gate.judge(worn, worn, Optional.empty(), List.of(), ErrorBudget.FIRST)))
                .isEmpty();
        assertThat(failed(gate.judge(worn, worn, Optional.of(asShipped), List.of(), ErrorBudget.FIRST)))
                .contains("kidSinceFirst", "slicedWassersteinSinceFirst");
    }

    @Test
    void shouldAskForOneContestWonAndNoneLost() {
        PairwiseComparison won = new Decided("won", 1);
        PairwiseComparison even = new Decided("even", 0.5);
        PairwiseComparison lost = new Decided("lost", 0);

        assertThat(failed(judged(List.of(won)))).isEmpty();
        assertThat(failed(judged(List.of(won, even)))).isEmpty();
        assertThat(failed(judged(List.of(even)))).containsExactly("gain");
        GateVerdict mixed = judged(List.of(won, lost));
        assertThat(failed(mixed)).containsExactly("lost");
        assertThat(mixed)
                .isInstanceOfSatisfying(
                        GateVerdict.Fail.class,
                        fail -> assertThat(fail.reasons())
                                .anySatisfy(reason ->
                                        assertThat(reason).startsWith("lost is 0.0000, was 0.5000, limit 0.5000")));
    }

    private static GateVerdict judged(List<PairwiseComparison> contests) {
        return gate.judge(asShipped, asShipped, Optional.empty(), contests, ErrorBudget.FIRST);
    }

    /** @param share of what every image of the candidate wins */
    private record Decided(String name, double share) implements PairwiseComparison {
        @Override
        public List<ImageSource.Prompt> prompts() {
            return IntStream.range(0, 8)
                    .mapToObj(i -> new ImageSource.Prompt(
                            "red apple " + i, encoder.encode("red apple " + i).embedding(), i))
                    .toList();
        }

        @Override
        public double[] wins(List<Pixels> candidate, List<Pixels> incumbent) {
            return candidate.stream().mapToDouble(image -> share).toArray();
        }
    }

    private static List<String> failed(GateVerdict verdict) {
        return verdict.report().checks().stream()
                .filter(check -> !check.passed() && !check.name().equals(QualityGate.LATENCY))
                .map(GateCheck::name)
                .toList();
    }

    /** The shipped model's images, with grain. */
    private static ImageSource grained() {
        return prompts -> asShipped.generate(prompts).stream()
                .map(QualityGateTest::grained)
                .toList();
    }

    private static Pixels grained(Pixels image) {
        SplittableRandom random = new SplittableRandom(3);
        byte[] rgb = image.rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.clamp((rgb[i] & 0xff) + random.nextInt(-60, 61), 0, 255);
        }
        return new Pixels(image.width(), image.height(), rgb);
    }
}
