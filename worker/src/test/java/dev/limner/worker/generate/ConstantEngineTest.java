package dev.limner.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConstantEngineTest {
    @Test
    void shouldDrawOneColourThatFollowsFromSeedAndIndex() {
        try (ConstantEngine engine = new ConstantEngine()) {
            List<Pixels> pictures = engine.draw(
                    List.of(new RenderRequest(new float[1], 0x030201, 0, 1), new RenderRequest(new float[1], 7, 1, 1)));

            assertThat(pictures.get(0).rgb())
                    .hasSize(64 * 64 * 3)
                    .startsWith(1, 2, 3, 1, 2, 3)
                    .endsWith(1, 2, 3);
            assertThat(pictures.get(1).rgb()).startsWith(8, 0, 0);
        }
    }
}
