package dev.limner.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.NamedColour;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generators that do as they are told, and some that do not. */
class ControllabilityTest {
    private static final int SIDE = 64;
    private static final Map<NamedColour, Color> COLOURS = Map.of(
            NamedColour.RED, new Color(210, 20, 20),
            NamedColour.ORANGE, new Color(245, 124, 0),
            NamedColour.YELLOW, new Color(255, 215, 30),
            NamedColour.GREEN, new Color(30, 160, 40),
            NamedColour.BLUE, new Color(30, 90, 220),
            NamedColour.PURPLE, new Color(130, 40, 170));

    @TempDir
    static Path cache;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;
    private static EvaluationPlan plan;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(cache, 2), 20_000);
        Path emoji = Path.of("../data/emoji");
        DataSet data = ShardFiles.read(emoji, SIDE, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
        extractors = FeatureExtractors.read(emoji.resolve("judges-en-v1"), Device.cpu());
        plan = EvaluationPlan.of(data, "en", encoder, 40, 1);
    }

    @AfterAll
    static void close() {
        extractors.close();
        encoder.close();
    }

    @Test
    void shouldSeeThatTheColoursWordDecidesTheColour() {
        ImageSource obedient = prompts -> prompts.stream()
                .map(one -> NamedColour.namedIn(one.caption(), "en")
                        .map(named -> square(COLOURS.getOrDefault(named, Color.BLACK), 32))
                        .orElseThrow())
                .toList();
        ImageSource stubborn =
                prompts -> prompts.stream().map(one -> square(Color.GRAY, 32)).toList();
        Controllability control = new Controllability(plan, extractors, ModelInputs.caption(64, 384));

        assertThat(figure(control.of(obedient), Metric.CONTROL_HUE).value()).isEqualTo(1);
        assertThat(figure(control.of(stubborn), Metric.CONTROL_HUE).value()).isZero();
        assertThat(control.unavailable())
                .containsEntry(Metric.CONTROL_LABEL, "the model reads no label")
                .containsEntry(Metric.CONTROL_CODE, "the model has no number that a job may set");
    }

    @Test
    void shouldSeeThatAnImageFollowsANumber() {
        ModelInputs inputs = new ModelInputs(
                64, 384, List.of(), List.of(new Control.Range("idle", -1, 1, 0), new Control.Range("size", -2, 2, 0)));
        Controllability control = new Controllability(plan, extractors, inputs);
        ImageSource follows = prompts -> prompts.stream()
                .map(one -> square(Color.BLUE, one.controls() == null ? 0 : 20 + (int) (8 * one.controls()[1])))
                .toList();
        ImageSource ignores =
                prompts -> prompts.stream().map(one -> square(Color.BLUE, 20)).toList();

        assertThat(figure(control.of(follows), Metric.CONTROL_CODE).value()).isEqualTo(1);
        assertThat(figure(control.of(ignores), Metric.CONTROL_CODE).value()).isZero();
    }

    private static Estimate figure(Map<Metric, Estimate> figures, Metric metric) {
        Estimate found = figures.get(metric);
        assertThat(found).as(metric.id()).isNotNull();
        return found;
    }

    private static Pixels square(Color colour, int side) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        Arrays.fill(rgb, (byte) 255);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int at = 3 * ((y + 4) * SIDE + x + 4);
                rgb[at] = (byte) colour.getRed();
                rgb[at + 1] = (byte) colour.getGreen();
                rgb[at + 2] = (byte) colour.getBlue();
            }
        }
        return new Pixels(SIDE, SIDE, rgb);
    }
}
