package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.Layers;
import java.util.List;

/**
 * What the players play for: the two losses of the game. A record of its settings, without state; one file an objective.
 * Results are scalars, means over a batch, so that batches can be added up. Called while gradients are recorded: constants
 * are {@link Layers#scale}, never {@code NDArray.mul(Number)}.
 */
public interface Objective {
    /** What the critic minimises, without its regularizers. */
    NDArray critic(Scores scores);

    /** What the generator minimises against one critic, without its terms. */
    NDArray generator(Scores scores);

    /** Against several critics: the mean, unless an objective weighs them. */
    default NDArray generator(List<Scores> critics) {
        NDArray total = generator(critics.get(0));
        for (Scores critic : critics.subList(1, critics.size())) {
            total = total.add(generator(critic));
        }
        return critics.size() == 1 ? total : Layers.scale(total, 1.0 / critics.size());
    }
}
