package dev.limner.training.optimizer;

/**
 * Half a cosine from one rate to another (Loshchilov and Hutter 2017).
 *
 * @param first rate of step 0
 * @param last rate of step {@code steps} and all after it
 * @param steps how long it takes; 0 keeps the first
 */
public record CosineSchedule(double first, double last, long steps) implements Schedule {
    @Override
    public double rateAt(long step) {
        if (steps == 0) {
            return first;
        }
        double done = Math.min(1, (double) step / steps);
        return last + (first - last) * (1 + Math.cos(Math.PI * done)) / 2;
    }
}
