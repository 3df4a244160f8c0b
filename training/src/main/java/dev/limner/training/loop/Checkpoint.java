package dev.limner.training.loop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.protocol.RefusalCode;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a training has got to.
 *
 * @param step steps done
 * @param seconds time spent on them
 * @param recipe the recipe they were done with
 * @param data digest of the data set
 * @param gains what the checks found so far
 * @param origin the model that it started from; null if it started from nothing
 */
public record Checkpoint(
        long step,
        double seconds,
        JsonNode recipe,
        String data,
        EarlyStopping gains,
        @JsonInclude(JsonInclude.Include.NON_NULL) StartingPoint.@Nullable Origin origin) {
    private static final String STATE = "checkpoint.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Saves: the arrays under a name of their own step, then the small file that names them by an atomic rename, so
     * that a kill at any point leaves the one before or this one. A training that has left the finite numbers leaves the
     * one before, too: nobody could continue from this one.
     *
     * @throws IllegalStateException if an array holds something that is not finite
     */
    public void save(Path folder, GanTrainer training) {
        try {
            Files.createDirectories(folder);
            // Also where this step was saved before: until the new file is whole the old one counts.
            publish(arrays(folder, step), file -> Safetensors.write(file, training.arrays()));
            byte[] state = JSON.writeValueAsBytes(this);
            publish(folder.resolve(STATE), file -> Files.write(file, state));
            try (var files = Files.newDirectoryStream(folder, "step-*.safetensors*")) {
                for (Path file : files) {
                    if (!file.equals(arrays(folder, step))) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint cannot be written to " + folder, e);
        }
    }

    @FunctionalInterface
    private interface Writing {
        void to(Path file) throws IOException;
    }

    /** Writes a file under another name, makes it durable and gives it its name; one that does not fit takes no room. */
    private static void publish(Path file, Writing writing) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            writing.to(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /**
     * Goes on from a checkpoint if there is one.
     *
     * @throws IllegalArgumentException if it was made with another recipe, other data or from another model
     */
    public static Optional<Checkpoint> restore(
            Path folder, GanTrainer training, Recipe recipe, String data, StartingPoint.@Nullable Origin origin) {
        Path state = folder.resolve(STATE);
        if (!Files.exists(state)) {
            return Optional.empty();
        }
        try {
            Checkpoint checkpoint = JSON.readValue(state.toFile(), Checkpoint.class);
            JsonNode mine = JSON.readTree(JSON.writeValueAsBytes(recipe.asData()));
            if (!checkpoint.recipe().equals(mine)) {
                throw new IllegalArgumentException(
                        folder + " holds a training with another recipe; give another --out or remove it");
            }
            if (!checkpoint.data().equals(data)) {
                throw new IllegalArgumentException(
                        folder + " holds a training on other data; give another --out or remove it");
            }
            if (!Objects.equals(checkpoint.origin(), origin)) {
                throw new IllegalArgumentException(folder + " holds a training that "
                        + StartingPoint.Origin.text(checkpoint.origin()) + ", this one "
                        + StartingPoint.Origin.text(origin) + "; give another --out or remove it");
            }
            training.restore(Safetensors.read(arrays(folder, checkpoint.step())));
            return Optional.of(checkpoint);
        } catch (IOException e) {
            throw new BundleException(
                    RefusalCode.WEIGHTS_INVALID,
                    "the checkpoint in " + folder + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static Path arrays(Path folder, long step) {
        return folder.resolve("step-" + step + ".safetensors");
    }
}
