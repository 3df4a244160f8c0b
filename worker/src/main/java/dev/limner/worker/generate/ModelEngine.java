package dev.limner.worker.generate;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.Result;
import dev.limner.protocol.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model bundle on a device. When it is loaded every fixed batch size is probed against the largest, and one whose
 * pictures differ in a single byte is not used: that is what makes a picture independent of its batch.
 */
public final class ModelEngine implements PictureEngine {
    private static final Logger LOG = LoggerFactory.getLogger(ModelEngine.class);
    private static final long PROBE_SEED = 20_240_607;

    private final Result.Model model;
    private final Renderer renderer;
    private final FixedSizes sizes;

    private ModelEngine(Result.Model model, Renderer renderer, FixedSizes sizes) {
        this.model = model;
        this.renderer = renderer;
        this.sizes = sizes;
    }

    /**
     * Loads, warms up and probes.
     *
     * @throws dev.limner.generator.bundle.BundleException if the bundle cannot be drawn with
     */
    public static ModelEngine load(ModelBundle bundle, Device device, FixedSizes wanted) {
        Result.Model model =
                new Result.Model(bundle.manifest().name(), bundle.manifest().digest());
        Renderer renderer = Renderer.load(bundle, device);
        return new ModelEngine(model, renderer, agreeing(renderer, wanted));
    }

    private static FixedSizes agreeing(Renderer renderer, FixedSizes wanted) {
        List<RenderRequest> probes = probes(renderer, wanted.largest());
        List<Pixels> reference = renderer.render(probes, wanted.largest());
        List<Integer> agreeing = new ArrayList<>();
        for (int size : wanted.sizes()) {
            if (agrees(renderer, probes, reference, size)) {
                agreeing.add(size);
            } else {
                LOG.atWarn().addKeyValue("batchSize", size).log("batch size disabled: its pictures differ");
            }
        }
        return new FixedSizes(agreeing);
    }

    /** Whether every probe comes out the same in batches of {@code size}, in another place and among others. */
    private static boolean agrees(Renderer renderer, List<RenderRequest> probes, List<Pixels> reference, int size) {
        for (int from = 0; from < probes.size(); from += size) {
            int to = Math.min(from + size, probes.size());
            List<Pixels> drawn =
                    renderer.render(probes.subList(from, to).reversed(), size).reversed();
            for (int i = from; i < to; i++) {
                if (!Arrays.equals(drawn.get(i - from).rgb(), reference.get(i).rgb())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<RenderRequest> probes(Renderer renderer, int count) {
        int length = renderer.spec().text();
        List<RenderRequest> probes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            float[] embedding = CounterNoise.normal(PROBE_SEED, i, length);
            double squares = 0;
            for (float value : embedding) {
                squares += (double) value * value;
            }
            for (int j = 0; j < length; j++) {
                embedding[j] /= (float) Math.sqrt(squares);
            }
            probes.add(new RenderRequest(embedding, PROBE_SEED, i, 1));
        }
        return probes;
    }

    @Override
    public Result.Model model() {
        return model;
    }

    @Override
    public Size size() {
        return new Size(renderer.spec().side(), renderer.spec().side());
    }

    @Override
    public List<Pixels> draw(List<RenderRequest> requests) {
        List<Pixels> pictures = new ArrayList<>(requests.size());
        for (int from = 0; from < requests.size(); from += sizes.largest()) {
            List<RenderRequest> chunk = requests.subList(from, Math.min(from + sizes.largest(), requests.size()));
            pictures.addAll(renderer.render(chunk, sizes.holding(chunk.size())));
        }
        return pictures;
    }

    @Override
    public void close() {
        renderer.close();
    }
}
