package dev.limner.generator.render;

import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.noise.CounterNoise;
import java.util.ArrayList;
import java.util.List;

/** Images that depend on nothing but a number: to compare batch sizes, devices and releases by. */
public final class ProbeImages {
    private static final long SEED = 20_240_607;
    private static final int ON_A_SHEET = 8;

    private ProbeImages() {}

    /**
     * Requests for them.
     *
     * @param text length of the model's sentence embedding
     */
    public static List<RenderRequest> requests(int text, int count) {
        List<RenderRequest> probes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            float[] embedding = CounterNoise.normal(SEED, i, text);
            double squares = 0;
            for (float value : embedding) {
                squares += (double) value * value;
            }
            for (int j = 0; j < text; j++) {
                embedding[j] /= (float) Math.sqrt(squares);
            }
            probes.add(new RenderRequest(embedding, SEED, i, 1));
        }
        return probes;
    }

    /** The first few of a model, as its bundle holds them, generated in batches of the size that the profile names. */
    public static ProbeSheet generate(Renderer renderer, ExecutionProfile profile) {
        List<RenderRequest> requests = requests(renderer.spec().text(), ON_A_SHEET);
        List<Pixels> images = new ArrayList<>(ON_A_SHEET);
        for (int from = 0; from < ON_A_SHEET; from += profile.batch()) {
            int to = Math.min(from + profile.batch(), ON_A_SHEET);
            images.addAll(renderer.render(requests.subList(from, to), profile.batch()));
        }
        return new ProbeSheet(profile.name(), images);
    }
}
