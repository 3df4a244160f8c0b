package dev.limner.training.evaluate.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which positions of a sample were drawn together. The images of one subject are one draw: resampling takes or leaves
 * them as a whole.
 *
 * @param unitOf for each position the number of its unit, from 0
 * @param stratumOf for each position which part of the sample it belongs to; resampling keeps the parts' shares
 */
public record SampleUnits(int[] unitOf, int[] stratumOf) {
    /** Every position is a draw of its own. */
    public static SampleUnits independent(int size) {
        return new SampleUnits(IntStream.range(0, size).toArray(), new int[size]);
    }

    /** Positions of equal keys are one draw. */
    public static SampleUnits of(List<String> keys) {
        Map<String, Integer> numbers = new HashMap<>();
        return new SampleUnits(
                keys.stream()
                        .mapToInt(key -> numbers.computeIfAbsent(key, any -> numbers.size()))
                        .toArray(),
                new int[keys.size()]);
    }

    /** Positions in the sample. */
    public int size() {
        return unitOf.length;
    }

    /** How many independent draws there are. */
    public int count() {
        return (int) Arrays.stream(unitOf).distinct().count();
    }

    /** The same units, of which each belongs to one half of the sample, by chance: 0 or 1 as the stratum. */
    public SampleUnits halved(long seed) {
        int[] numbers = Arrays.stream(unitOf).distinct().toArray();
        int[] order = VectorMath.sample(numbers.length, numbers.length, new SplittableRandom(seed));
        Map<Integer, Integer> half = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            half.put(numbers[order[i]], i % 2);
        }
        return new SampleUnits(unitOf, Arrays.stream(unitOf).map(half::get).toArray());
    }

    /** Units of each stratum, in random order. */
    private List<int[]> shuffled(SplittableRandom random) {
        Map<Integer, List<Integer>> byStratum = new TreeMap<>();
        Map<Integer, Boolean> seen = new HashMap<>();
        for (int i = 0; i < unitOf.length; i++) {
            if (seen.put(unitOf[i], true) == null) {
                byStratum
                        .computeIfAbsent(stratumOf[i], key -> new ArrayList<>())
                        .add(unitOf[i]);
            }
        }
        return byStratum.values().stream()
                .map(units -> Arrays.stream(VectorMath.sample(units.size(), units.size(), random))
                        .map(units::get)
                        .toArray())
                .toList();
    }

    /**
     * Deals the units into groups of about one size, each with its share of every stratum.
     *
     * @param most how many groups at most; with fewer units there are fewer
     * @return for each position its group
     */
    int[] dealt(int most, long seed) {
        List<int[]> shuffled = shuffled(new SplittableRandom(seed));
        int groups = Math.min(
                most, shuffled.stream().mapToInt(units -> units.length).min().orElse(0));
        Map<Integer, Integer> group = new HashMap<>();
        for (int[] units : shuffled) {
            for (int i = 0; i < units.length; i++) {
                group.put(units[i], i % groups);
            }
        }
        return Arrays.stream(unitOf).map(group::get).toArray();
    }

    /** The positions of half of each stratum's units, in order. */
    int[] half(SplittableRandom random) {
        Map<Integer, Boolean> taken = new HashMap<>();
        for (int[] units : shuffled(random)) {
            for (int i = 0; i < (units.length + 1) / 2; i++) {
                taken.put(units[i], true);
            }
        }
        return IntStream.range(0, unitOf.length)
                .filter(i -> taken.containsKey(unitOf[i]))
                .toArray();
    }
}
