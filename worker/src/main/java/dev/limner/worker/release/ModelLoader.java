package dev.limner.worker.release;

import dev.limner.generator.bundle.ModelBundle;
import dev.limner.worker.model.LoadedModel;

/** Puts a bundle on the device. */
@FunctionalInterface
public interface ModelLoader {
    /**
     * Loads a model, warms it up and probes its batch sizes. Called from the release thread while others generate.
     *
     * @throws dev.limner.generator.bundle.BundleException if it cannot be generated with
     */
    LoadedModel load(ModelBundle bundle);
}
