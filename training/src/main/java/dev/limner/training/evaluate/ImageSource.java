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
    record Commission(String caption, float[] embedding, long seed) {}

    /** One image a commission, in order. */
    List<Pixels> generate(List<Commission> commissions);

    /** A generator, in batches of the size it is served with. */
    static ImageSource of(Renderer renderer) {
        int batch = 32;
        return commissions -> {
            List<Pixels> images = new ArrayList<>(commissions.size());
            for (int from = 0; from < commissions.size(); from += batch) {
                List<RenderRequest> requests =
                        commissions.subList(from, Math.min(from + batch, commissions.size())).stream()
                                .map(one -> new RenderRequest(one.embedding(), one.seed(), 0, 1))
                                .toList();
                images.addAll(renderer.render(requests, batch));
            }
            return images;
        };
    }
}
