package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import java.util.ArrayList;
import java.util.List;

/** Whoever generates what is being judged: a generator, or in a test somebody who cheats. */
@FunctionalInterface
public interface ImageSource {
    /**
     * What to generate.
     *
     * @param caption the caption
     * @param embedding its sentence embedding, L2-normalised
     * @param seed of the noise
     */
    record Prompt(String caption, float[] embedding, long seed) {}

    /** One image per prompt, in order. */
    List<Pixels> generate(List<Prompt> prompts);

    /** A generator, in batches of the size it is served with. */
    static ImageSource of(Renderer renderer) {
        int batch = 32;
        return prompts -> {
            List<Pixels> images = new ArrayList<>(prompts.size());
            for (int from = 0; from < prompts.size(); from += batch) {
                List<RenderRequest> requests = prompts.subList(from, Math.min(from + batch, prompts.size())).stream()
                        .map(one -> new RenderRequest(one.embedding(), one.seed(), 0, 1))
                        .toList();
                images.addAll(renderer.render(requests, batch));
            }
            return images;
        };
    }
}
