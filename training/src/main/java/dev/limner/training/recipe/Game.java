package dev.limner.training.recipe;

import dev.limner.training.settings.Settings;

/**
 * Who moves when. In each step the critic moves first, on batches of its own, and then the generator once.
 *
 * @param criticMoves of the critic in a step; 5 in Arjovsky et al. 2017
 */
public record Game(int criticMoves) {
    /** One move each. */
    public static final Game ALTERNATING = new Game(1);

    private static final int MOST = 100;

    static Game read(Settings settings) {
        settings.keys("criticMoves");
        return new Game(settings.whole("criticMoves", 1, MOST));
    }
}
