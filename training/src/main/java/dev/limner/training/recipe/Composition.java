package dev.limner.training.recipe;

import dev.limner.training.augment.Augmentation;
import dev.limner.training.augment.AugmentationKind;
import dev.limner.training.augment.Cutout;
import dev.limner.training.augment.Translation;
import dev.limner.training.network.CriticKind;
import dev.limner.training.network.CriticSpec;
import dev.limner.training.network.projection.ProjectionSpec;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.Objective;
import dev.limner.training.objective.ObjectiveKind;
import dev.limner.training.objective.ReconstructionTerm;
import dev.limner.training.objective.RelativisticObjective;
import dev.limner.training.objective.TermKind;
import dev.limner.training.objective.TermWeight;
import dev.limner.training.optimizer.Optimization;
import dev.limner.training.regularizer.Regularizer;
import dev.limner.training.regularizer.RegularizerKind;
import dev.limner.training.regularizer.TangentPenalty;
import dev.limner.training.settings.Kinds;
import dev.limner.training.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * What a training is composed of beside the generator.
 *
 * <p>A recipe may name each part by its kind. Two short forms stand for the parts of the default recipe: an objective without a
 * kind for relativistic pairing, its gradient penalty and the reconstruction; the key "augmentation" for shifts and holes.
 *
 * @param discriminator shape of the critic
 * @param game who moves when
 * @param objective what both play for
 * @param terms added to the generator's loss
 * @param regularizers of the critic
 * @param augmentations of what the critic sees, in order
 * @param optimizer how weights move
 */
public record Composition(
        CriticSpec discriminator,
        Game game,
        Objective objective,
        List<GeneratorTerm> terms,
        List<Regularizer> regularizers,
        List<Augmentation> augmentations,
        Optimization optimizer) {
    /** Those of a recipe's keys that are read here. */
    static final List<String> KEYS = List.of(
            "discriminator",
            "objective",
            "optimizer",
            "augmentation",
            "game",
            "terms",
            "regularizers",
            "augmentations");

    public Composition {
        terms = List.copyOf(terms);
        regularizers = List.copyOf(regularizers);
        augmentations = List.copyOf(augmentations);
    }

    static Composition read(Settings recipe) {
        CriticSpec discriminator = recipe.group(
                "discriminator", settings -> Kinds.read(CriticKind.class, settings, ProjectionSpec.Kind.ID));
        List<GeneratorTerm> terms = new ArrayList<>();
        List<Regularizer> regularizers = new ArrayList<>();
        Objective objective = recipe.group("objective", settings -> objective(settings, terms, regularizers));
        Optimization optimizer = recipe.group("optimizer", Optimization::read);
        List<Augmentation> augmentations = new ArrayList<>();
        if (recipe.has("augmentation") || !recipe.has("augmentations")) {
            augmentations.addAll(recipe.group("augmentation", Composition::shiftsAndHoles));
        }
        Game game = recipe.has("game") ? recipe.group("game", Game::read) : Game.ALTERNATING;
        terms.addAll(recipe.list("terms", settings -> Kinds.read(TermKind.class, settings)));
        regularizers.addAll(recipe.list("regularizers", settings -> Kinds.read(RegularizerKind.class, settings)));
        augmentations.addAll(recipe.list("augmentations", settings -> Kinds.read(AugmentationKind.class, settings)));
        return new Composition(discriminator, game, objective, terms, regularizers, augmentations, optimizer);
    }

    /** An objective alone, or the default recipe's with what belongs to it. */
    private static Objective objective(Settings settings, List<GeneratorTerm> terms, List<Regularizer> regularizers) {
        if (settings.has("kind")) {
            return Kinds.read(ObjectiveKind.class, settings);
        }
        settings.also("kind");
        settings.keys("mismatch", "gamma", "penaltyEvery", "reconstruction");
        double mismatch = settings.number("mismatch", 0, RelativisticObjective.MOST_MISMATCH);
        double gamma = settings.number("gamma", 0, TangentPenalty.MOST_GAMMA);
        int every = settings.whole("penaltyEvery", 1, TangentPenalty.MOST_EVERY);
        TermWeight reconstruction = TermWeight.read(settings, "reconstruction", ReconstructionTerm.MOST_WEIGHT);
        if (gamma > 0) {
            regularizers.add(new TangentPenalty(gamma, every));
        }
        if (!reconstruction.isZero()) {
            terms.add(new ReconstructionTerm(reconstruction));
        }
        return new RelativisticObjective(mismatch);
    }

    private static List<Augmentation> shiftsAndHoles(Settings settings) {
        settings.keys("translation", "cutout");
        return List.of(
                new Translation(settings.number("translation", 0, Translation.MOST)),
                new Cutout(settings.number("cutout", 0, Cutout.MOST)));
    }
}
