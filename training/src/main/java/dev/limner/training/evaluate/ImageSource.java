package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.Conditions;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whoever generates what is being judged: a generator, or in a test somebody who cheats. */
@FunctionalInterface
public interface ImageSource {
    /**
     * What to generate.
     *
     * @param caption the caption
     * @param embedding its sentence embedding, L2-normalised
     * @param seed of the noise
     * @param label the class, for models that read one
     * @param controls one value a control, for models that have some; null for their defaults
     */
    record Prompt(
            String caption,
            float[] embedding,
            long seed,
            @Nullable String label,
            float @Nullable [] controls) {
        public Prompt(String caption, float[] embedding, long seed) {
            this(caption, embedding, seed, null, null);
        }
    }

    /** One image per prompt, in order. */
    List<Pixels> generate(List<Prompt> prompts);

    /** A generator, in batches of the size it is served with. */
    static ImageSource of(Renderer renderer) {
        int batch = 32;
        ModelInputs inputs = renderer.generator().inputs();
        return prompts -> {
            List<Pixels> images = new ArrayList<>(prompts.size());
            for (int from = 0; from < prompts.size(); from += batch) {
                List<RenderRequest> requests = prompts.subList(from, Math.min(from + batch, prompts.size())).stream()
                        .map(one -> new RenderRequest(conditions(one, inputs), one.seed(), 0, 1))
                        .toList();
                images.addAll(renderer.render(requests, batch));
            }
            return images;
        };
    }

    /** What a model reads of a prompt: where that says nothing, the first label and the defaults of its controls. */
    static Conditions conditions(Prompt prompt, ModelInputs inputs) {
        float[] controls = new float[inputs.controls().size()];
        for (int i = 0; i < controls.length; i++) {
            controls[i] = prompt.controls() == null ? inputs.controls().get(i).byDefault() : prompt.controls()[i];
        }
        int label = prompt.label() == null ? 0 : Math.max(0, inputs.labels().indexOf(prompt.label()));
        return new Conditions(inputs.readsCaption() ? prompt.embedding() : new float[0], label, controls);
    }
}
