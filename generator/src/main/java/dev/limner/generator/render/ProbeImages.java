package dev.limner.generator.render;

import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.noise.CounterNoise;
import java.util.ArrayList;
import java.util.List;

/** Images that depend on nothing but a number: to compare batch sizes, devices and releases by. */
public final class ProbeImages {
    private static final long SEED = 20_240_607;
    private static final int ON_A_SHEET = 8;

    private ProbeImages() {}

    /**
     * Requests for them: captions drawn at random, labels in turn, each control from one end of its range to the other.
     *
     * @param inputs of the model
     */
    public static List<RenderRequest> requests(ModelInputs inputs, int count) {
        List<RenderRequest> probes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int label = inputs.readsLabel() ? i % inputs.labels().size() : 0;
            Conditions conditions = new Conditions(sentence(inputs.sentence(), i), label, controls(inputs, i));
            probes.add(new RenderRequest(conditions, SEED, i, 1));
        }
        return probes;
    }

    private static float[] sentence(int length, int number) {
        float[] embedding = CounterNoise.normal(SEED, number, length);
        double squares = 0;
        for (float value : embedding) {
            squares += (double) value * value;
        }
        for (int j = 0; j < length; j++) {
            embedding[j] /= (float) Math.sqrt(squares);
        }
        return embedding;
    }

    private static float[] controls(ModelInputs inputs, int number) {
        float[] values = new float[inputs.controls().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (inputs.controls().get(i)) {
                case Control.Range range ->
                    (float) (range.min() + (range.max() - range.min()) * (number % ON_A_SHEET) / (ON_A_SHEET - 1));
                case Control.Choice choice -> number % choice.choices().size();
            };
        }
        return values;
    }

    /** The first few of a model, as its bundle holds them, generated in batches of the size that the profile names. */
    public static ProbeSheet generate(Renderer renderer, ExecutionProfile profile) {
        List<RenderRequest> requests = requests(renderer.generator().inputs(), ON_A_SHEET);
        List<Pixels> images = new ArrayList<>(ON_A_SHEET);
        for (int from = 0; from < ON_A_SHEET; from += profile.batch()) {
            int to = Math.min(from + profile.batch(), ON_A_SHEET);
            images.addAll(renderer.render(requests.subList(from, to), profile.batch()));
        }
        return new ProbeSheet(profile.name(), images);
    }
}
