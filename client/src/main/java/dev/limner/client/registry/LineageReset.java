package dev.limner.client.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.protocol.ModelRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A model that was trained from nothing, to follow one that was tuned. Its number is 0, and workers take nothing that is
 * behind what they run and was not live lately: it gets a new release number, the same weights under another digest.
 */
public final class LineageReset {
    private LineageReset() {}

    /** Whether workers that run {@code live} would refuse it as older. */
    public static boolean isBehind(Manifest offered, Manifest live, ModelRecord record) {
        return offered.order() < live.order()
                && record.releases().stream().noneMatch(one -> one.digest().equals(offered.digest()));
    }

    /**
     * Writes it once more, as the next after what is live, and the first of a lineage of its own.
     *
     * @param folder of the copy
     * @throws IllegalArgumentException if it was tuned from another: that is where its place is
     */
    public static Manifest after(Manifest live, ModelBundle offered, Path folder) {
        Manifest manifest = offered.manifest();
        if (manifest.parent() != null) {
            throw new IllegalArgumentException(manifest.digest() + " was tuned from " + manifest.parent());
        }
        ModelBundle.Description description = new ModelBundle.Description(
                manifest.name(),
                manifest.generator(),
                manifest.textEncoder(),
                manifest.recipe() instanceof ObjectNode recipe ? recipe : null,
                manifest.trainedOn() instanceof ObjectNode trainedOn ? trainedOn : null,
                Objects.requireNonNullElse(manifest.data(), List.of()),
                new ModelBundle.Lineage(null, live.order() + 1, null));
        ProbeSheet probes = offered.probes().orElse(null);
        return switch (manifest.generator()) {
            case TrainableGenerator trainable ->
                ModelBundle.write(
                        folder,
                        description,
                        new ModelBundle.Content(
                                offered.weights(), offered.discriminator().orElse(null), probes));
            case ProgramGenerator program -> ModelBundle.write(folder, description, offered.weightsFile(), probes);
        };
    }
}
