package dev.limner.training.evaluate.metric;

import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * Which images are compared with which. Positions are those of a list of subjects, of which each has a real image and one
 * in its place: generated from the subject's caption, or, in the real row, the real image itself.
 *
 * @param units the subjects
 * @param directions whose mean is the figure
 */
public record Comparison(SampleUnits units, List<Direction> directions) {
    /**
     * One comparison of two sets.
     *
     * @param real positions of the real images
     * @param placed positions of the images that are measured
     */
    public record Direction(int[] real, int[] placed) {}

    public Comparison {
        directions = List.copyOf(directions);
    }

    /** Each image in place against all real ones, those of its own subject included. */
    public static Comparison whole(SampleUnits units) {
        int[] all = IntStream.range(0, units.size()).toArray();
        return new Comparison(units, List.of(new Direction(all, all)));
    }

    /**
     * The images in place of one half of the subjects against the real images of the other half, and the other way round.
     * This is what can be said of real images in a model's place, and so of a model beside them.
     */
    public static Comparison halves(SampleUnits units, long seed) {
        SampleUnits halved = units.halved(seed);
        int[] first = ofHalf(halved, 0);
        int[] second = ofHalf(halved, 1);
        return new Comparison(halved, List.of(new Direction(first, second), new Direction(second, first)));
    }

    private static int[] ofHalf(SampleUnits halved, int half) {
        return IntStream.range(0, halved.size())
                .filter(i -> halved.stratumOf()[i] == half)
                .toArray();
    }

    /** Real images in each direction, at least. */
    public int size() {
        return directions.stream().mapToInt(one -> one.real().length).min().orElse(0);
    }

    /** The mean over the directions of a figure of the groups that are kept. */
    double mean(Jackknife jackknife, boolean[] kept, ToDoubleBiFunction<int[], int[]> statistic) {
        return directions.stream()
                .mapToDouble(one ->
                        statistic.applyAsDouble(jackknife.kept(one.real(), kept), jackknife.kept(one.placed(), kept)))
                .average()
                .orElse(Double.NaN);
    }

    /** The directions among the positions that are kept. */
    List<Direction> among(int[] kept) {
        boolean[] isKept = new boolean[units.size()];
        for (int i : kept) {
            isKept[i] = true;
        }
        return directions.stream()
                .map(one -> new Direction(
                        IntStream.of(one.real()).filter(i -> isKept[i]).toArray(),
                        IntStream.of(one.placed()).filter(i -> isKept[i]).toArray()))
                .toList();
    }
}
