package dev.limner.training.toy;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.limner.training.objective.Objective;
import dev.limner.training.objective.ObjectiveKind;
import dev.limner.training.objective.Scores;
import dev.limner.training.settings.Settings;

/** The non-saturating loss of Goodfellow et al. 2014. Real and generated images need not be pairs. */
public record LogisticObjective() implements Objective {
    @Override
    public NDArray critic(Scores scores) {
        NDArray real = Activation.softPlus(scores.real().neg()).mean();
        return real.add(Activation.softPlus(scores.generated()).mean());
    }

    @Override
    public NDArray generator(Scores scores) {
        return Activation.softPlus(scores.generated().neg()).mean();
    }

    /** {@code kind: logistic}. */
    public static final class Kind implements ObjectiveKind {
        @Override
        public String id() {
            return "logistic";
        }

        @Override
        public Objective read(Settings settings) {
            settings.keys();
            return new LogisticObjective();
        }
    }
}
