package dev.limner.worker.model;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import java.util.List;

/** A model bundle on a device. */
public final class ModelGenerator implements ImageGenerator {
    private final Result.Model model;
    private final Renderer renderer;

    private ModelGenerator(Result.Model model, Renderer renderer) {
        this.model = model;
        this.renderer = renderer;
    }

    /**
     * Loads a bundle; whether a program may run is asked before: {@link AllowedPrograms}.
     *
     * @throws dev.limner.generator.bundle.BundleException if the bundle cannot be generated with
     */
    public static ModelGenerator load(ModelBundle bundle, Device device) {
        Result.Model model =
                new Result.Model(bundle.manifest().name(), bundle.manifest().digest());
        return new ModelGenerator(model, Renderer.loadAllowed(bundle, device));
    }

    @Override
    public Result.Model model() {
        return model;
    }

    @Override
    public ModelInputs inputs() {
        return renderer.generator().inputs();
    }

    @Override
    public ImageSize size() {
        return new ImageSize(
                renderer.generator().output().side(),
                renderer.generator().output().side());
    }

    @Override
    public List<RenderRequest> probes(int count) {
        return ProbeImages.requests(renderer.generator().inputs(), count);
    }

    @Override
    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
        try {
            return renderer.render(requests, batchSize);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (OutOfDeviceMemoryException.isMeantBy(e)) {
                throw new OutOfDeviceMemoryException(batchSize, e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        renderer.close();
    }
}
