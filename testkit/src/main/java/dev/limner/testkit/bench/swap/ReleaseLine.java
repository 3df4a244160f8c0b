package dev.limner.testkit.bench.swap;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Models to release one after the other: those that a trainer made, and copies of the first with a little noise. */
final class ReleaseLine {
    private static final float NOISE = 0.01f;

    private ReleaseLine() {}

    /**
     * Puts them into a store.
     *
     * @param made bundles that a trainer made, in any order; may be empty
     * @param count of releases behind the first
     * @param work folder for bundles in the making
     */
    static List<ModelRecord.Release> of(
            ModelBundle first, List<ModelBundle> made, int count, BundleStore store, Path work) {
        List<ModelRecord.Release> line = new ArrayList<>();
        line.add(put(store, first.folder(), first.manifest()));
        List<ModelBundle> waiting = new ArrayList<>(made);
        waiting.sort(Comparator.comparingLong(bundle -> bundle.manifest().order()));
        long order = first.manifest().order();
        for (int i = 1; i <= count; i++) {
            // Evenly among the others, so that no part of the run has only one kind.
            boolean trainers =
                    !waiting.isEmpty() && (long) i * made.size() / count > (long) (i - 1) * made.size() / count;
            ModelBundle next = trainers ? waiting.remove(0) : noisy(first, i, order, work.resolve("noisy-" + i));
            // Workers refuse what is further back in its lineage than what is live.
            order = next.manifest().order();
            line.add(put(store, next.folder(), next.manifest()));
        }
        return line;
    }

    private static ModelRecord.Release put(BundleStore store, Path folder, Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.put(folder, manifest, null).toString(), null);
    }

    /**
     * A copy of a model with a little noise on its weights.
     *
     * @param number says which noise
     * @param order its place in the lineage
     */
    static ModelBundle noisy(ModelBundle first, int number, long order, Path folder) {
        Map<String, Safetensors.Tensor> weights = new LinkedHashMap<>();
        first.weights().forEach((name, tensor) -> {
            float[] values = tensor.toArray();
            float[] noise = CounterNoise.normal(number, weights.size(), values.length);
            double squares = 0;
            for (float value : values) {
                squares += (double) value * value;
            }
            float scale = (float) (NOISE * Math.sqrt(squares / values.length));
            for (int i = 0; i < values.length; i++) {
                values[i] += scale * noise[i];
            }
            weights.put(name, new Safetensors.Tensor(tensor.shape(), FloatBuffer.wrap(values)));
        });
        Manifest like = first.manifest();
        ModelBundle.Description description = new ModelBundle.Description(
                like.name(),
                like.generator(),
                like.textEncoder(),
                null,
                null,
                List.of(),
                new ModelBundle.Lineage(like.digest(), order, null));
        ModelBundle.write(folder, description, new ModelBundle.Content(weights, null, null));
        try (Renderer renderer = Renderer.load(ModelBundle.read(folder), Device.cpu())) {
            ModelBundle.write(
                    folder,
                    description,
                    new ModelBundle.Content(
                            weights, null, ProbeImages.generate(renderer, ExecutionProfile.of(Device.cpu()))));
        }
        return ModelBundle.read(folder);
    }

    /** Every bundle directly below a folder. */
    static List<ModelBundle> below(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("--made " + folder + " is no folder");
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(one -> Files.exists(one.resolve("manifest.json")))
                    .map(ModelBundle::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundles in " + folder + " cannot be listed", e);
        }
    }
}
