package dev.limner.trainer.service;

import dev.limner.client.registry.ModelRegistry;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.finetune.DutyCycle;
import dev.limner.training.recipe.FineTuning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * When rounds start, what they do and how what passes is tried. Checked when the trainer starts, not when the first round
 * does.
 *
 * @param state folder of the rounds
 * @param after new entries after which a round starts; 0 for never by itself
 * @param every how often one starts if anything is new
 * @param heldOut held-out images that the gate asks for at most
 * @param seed of the gate and, with its number, of each round
 * @param share of the time in which a round may compute
 * @param trialShare share of the jobs that a canary gets; 0 for none
 * @param holdout of what goes live
 */
record RoundSettings(
        Path state,
        int after,
        Optional<Duration> every,
        int heldOut,
        long seed,
        FineTuning tuning,
        double share,
        double trialShare,
        ModelRegistry.Holdout holdout) {
    RoundSettings {
        require(after >= 0, "rounds.after", after, "must be at least 0");
        every.ifPresent(pause -> require(pause.isPositive(), "rounds.every", pause, "must be longer than nothing"));
        require(
                heldOut >= EvaluationPlan.FEWEST,
                "rounds.held-out",
                heldOut,
                "must be at least " + EvaluationPlan.FEWEST);
        require(trialShare >= 0 && trialShare <= 1, "canary.share", trialShare, "must be from 0 to 1");
        var unused = new DutyCycle(share);
    }

    /** @throws IllegalArgumentException naming the key and the value */
    static RoundSettings of(TrainerConfig config) {
        return new RoundSettings(
                config.state(),
                config.rounds().after(),
                config.rounds().every(),
                config.rounds().heldOut(),
                config.rounds().seed(),
                config.tuning().toTuning(),
                config.share(),
                config.canary().share(),
                new ModelRegistry.Holdout(
                        config.canary().holdout(), config.canary().young()));
    }

    private static void require(boolean holds, String key, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("limner.trainer." + key + " is " + value + ", " + rule);
        }
    }
}
