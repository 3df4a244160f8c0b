package dev.limner.training.gate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which of several things can be told from chance, if the chance to be wrong about any of them is bounded: the step-down
 * procedure of Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (Scandinavian Journal of Statistics 6, 1979).
 *
 * @param found whether each can be told from chance
 * @param levels what each one's chance was held against
 */
record HolmCorrection(boolean[] found, double[] levels) {
    /** @param chances of what was seen of each, if there were nothing to it */
    static HolmCorrection of(double[] chances, double level) {
        Integer[] order = IntStream.range(0, chances.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> chances[i]));
        boolean[] found = new boolean[chances.length];
        double[] levels = new double[chances.length];
        boolean goesOn = true;
        double held = 0;
        for (int rank = 0; rank < order.length; rank++) {
            if (goesOn) {
                held = level / (order.length - rank);
                goesOn = chances[order[rank]] <= held;
            }
            found[order[rank]] = goesOn;
            levels[order[rank]] = held;
        }
        return new HolmCorrection(found, levels);
    }

    /** Whether anything can. */
    boolean any() {
        for (boolean one : found) {
            if (one) {
                return true;
            }
        }
        return false;
    }
}
