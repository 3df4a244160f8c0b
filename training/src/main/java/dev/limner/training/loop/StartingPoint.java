package dev.limner.training.loop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.NetworkDescription;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.protocol.RefusalCode;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.TrainingSetup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A model that a training continues from, on other data: both networks' weights, some of which may be kept as they are
 * (transfer learning; for the discriminator's lower layers FreezeD, Mo et al. 2020, arXiv 2002.10964).
 *
 * @param bundle the model
 * @param discriminator its adversary's weights
 * @param frozen what is not trained: names of weights, or beginnings of names that end before a dot, after
 *     {@code generator/} or {@code discriminator/}; one of the two words alone means all of that network
 */
public record StartingPoint(ModelBundle bundle, Map<String, Safetensors.Tensor> discriminator, List<String> frozen) {
    private static final String GENERATOR = "generator";
    private static final String DISCRIMINATOR = "discriminator";

    /** @throws IllegalArgumentException naming what is in {@code frozen} and is no weight, or leaves nothing to train */
    public StartingPoint {
        List<String> kept = List.copyOf(frozen);
        frozen = kept;
        discriminator = Map.copyOf(discriminator);
        Set<String> names = names(bundle.weights().keySet(), discriminator.keySet());
        for (String part : kept) {
            if (names.stream().noneMatch(name -> covers(part, name))) {
                throw new IllegalArgumentException(
                        "nothing to freeze is called '" + part + "', there are " + String.join(", ", parts(names)));
            }
        }
        if (names.stream().filter(name -> name.startsWith(GENERATOR + "/")).allMatch(name -> isFrozen(kept, name))) {
            throw new IllegalArgumentException("all of the generator is frozen: nothing would be learned");
        }
    }

    /**
     * Of a bundle.
     *
     * @throws BundleException if it has no discriminator
     * @throws IllegalArgumentException naming what is in {@code frozen} and is no weight, or leaves nothing to train
     */
    public static StartingPoint of(ModelBundle bundle, List<String> frozen) {
        Map<String, Safetensors.Tensor> discriminator = bundle.discriminator()
                .orElseThrow(() -> new BundleException(
                        RefusalCode.WEIGHTS_INVALID,
                        bundle.folder() + " cannot be trained further: it has no discriminator"));
        return new StartingPoint(bundle, discriminator, frozen);
    }

    /**
     * The recipe that the model was made with.
     *
     * @throws BundleException if its manifest has none
     */
    public Recipe recipe() {
        JsonNode recipe = bundle.manifest().recipe();
        if (recipe == null) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID, bundle.folder() + " has no recipe in its manifest: give one");
        }
        return Recipe.of(recipe);
    }

    /**
     * What a training of this starts with.
     *
     * @throws IllegalArgumentException naming the key and both values if the recipe is of other networks
     */
    public TrainingSetup setup(Recipe recipe) {
        requireEqual(
                "generator",
                NetworkDescription.of(recipe.generator()),
                bundle.manifest().architecture());
        requireEqual("text.encoder", recipe.text().encoder(), bundle.manifest().requireTextEncoder());
        JsonNode made = bundle.manifest().recipe();
        if (made != null) {
            requireEqual(
                    "discriminator",
                    recipe.parts().discriminator(),
                    Recipe.of(made).parts().discriminator());
        }
        return new TrainingSetup(bundle.weights(), discriminator, moves(GENERATOR), moves(DISCRIMINATOR), List.of());
    }

    /** Under which terms the data came that it was trained on; of data that nobody recorded, that nobody did. */
    List<DataLicence> licences() {
        List<DataLicence> recorded = bundle.manifest().data();
        return recorded == null || recorded.isEmpty()
                ? List.of(new DataLicence(bundle.manifest().name(), DataLicence.UNKNOWN, null))
                : recorded;
    }

    private static void requireEqual(String key, Object mine, Object model) {
        if (!mine.equals(model)) {
            throw new IllegalArgumentException("the recipe's " + key + " is " + mine + ", the model's is " + model
                    + ": a training that starts from a model has its networks");
        }
    }

    private Predicate<String> moves(String network) {
        return name -> !isFrozen(frozen, network + "/" + name);
    }

    /** What tells this training from others with the same recipe and data; recorded in its checkpoints. */
    Origin origin() {
        return new Origin(bundle.manifest().name(), bundle.manifest().digest(), List.copyOf(new TreeSet<>(frozen)));
    }

    /**
     * A starting point, as records name it.
     *
     * @param name of the model
     * @param digest of the model
     * @param frozen what is not trained
     */
    record Origin(String name, String digest, List<String> frozen) {
        Origin {
            frozen = List.copyOf(frozen);
        }

        /** For people. */
        static String text(@Nullable Origin origin) {
            return origin == null
                    ? "started from nothing"
                    : "started from " + origin.name + "@" + origin.digest
                            + (origin.frozen.isEmpty() ? "" : " with " + String.join(", ", origin.frozen) + " frozen");
        }
    }

    private static Set<String> names(Collection<String> generator, Collection<String> discriminator) {
        Set<String> names = new TreeSet<>();
        generator.forEach(name -> names.add(GENERATOR + "/" + name));
        discriminator.forEach(name -> names.add(DISCRIMINATOR + "/" + name));
        return names;
    }

    private static boolean isFrozen(List<String> frozen, String name) {
        return frozen.stream().anyMatch(part -> covers(part, name));
    }

    private static boolean covers(String part, String name) {
        return name.equals(part) || name.startsWith(part + ".") || name.startsWith(part + "/");
    }

    /** The layers, for people: what stands before the first dot. */
    private static List<String> parts(Set<String> names) {
        List<String> parts = new ArrayList<>();
        for (String name : names) {
            int dot = name.indexOf('.');
            String part = dot < 0 ? name : name.substring(0, dot);
            if (!parts.contains(part)) {
                parts.add(part);
            }
        }
        return parts;
    }
}
