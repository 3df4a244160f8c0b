package dev.limner.generator.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Probes show all that a model can do, or a fault in a part of it would not be seen. */
class ProbeImagesTest {
    private static final ModelInputs INPUTS = new ModelInputs(
            4,
            5,
            List.of("disc", "ring", "bar"),
            List.of(
                    new Control.Range("width", -1, 6, 0),
                    new Control.Choice("style", List.of("flat", "round"), "round")));

    @Test
    void shouldAskForEveryLabelAndEveryChoiceAndBothEndsOfARange() {
        List<Conditions> probes = ProbeImages.requests(INPUTS, 8).stream()
                .map(RenderRequest::conditions)
                .toList();

        assertThat(probes).extracting(Conditions::label).containsExactly(0, 1, 2, 0, 1, 2, 0, 1);
        assertThat(probes).extracting(probe -> probe.controls()[0]).containsExactly(-1f, 0f, 1f, 2f, 3f, 4f, 5f, 6f);
        assertThat(probes).extracting(probe -> probe.controls()[1]).containsExactly(0f, 1f, 0f, 1f, 0f, 1f, 0f, 1f);
    }

    @Test
    void shouldAskForAnotherSentenceOfNormOneAndAnotherNoiseEachTime() {
        List<RenderRequest> probes = ProbeImages.requests(INPUTS, 8);

        assertThat(probes).extracting(RenderRequest::index).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(probes).allSatisfy(probe -> {
            float squares = 0;
            for (float value : probe.embedding()) {
                squares += value * value;
            }
            assertThat(squares).isCloseTo(1, within(1e-5f));
        });
        assertThat(probes.get(1).embedding()).isNotEqualTo(probes.get(0).embedding());
    }
}
