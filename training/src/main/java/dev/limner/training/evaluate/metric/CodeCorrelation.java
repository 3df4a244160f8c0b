package dev.limner.training.evaluate.metric;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * How closely something that can be measured in images follows a number: brightness, and width and height of what is not
 * background. Rank correlations of each caption's images, all with one noise.
 */
public final class CodeCorrelation {
    private static final double WHITE = 255;
    private static final int BACKGROUND = 238;

    private CodeCorrelation() {}

    /**
     * What one measure does with one number.
     *
     * @param measure its name
     * @param correlations one for each caption, from -1 to 1
     */
    public record Series(String measure, double[] correlations) {}

    private static final List<String> MEASURES = List.of("brightness", "width", "height");

    /**
     * All measures of images of some captions.
     *
     * @param values how many images each caption has, by rising number
     * @param images caption by caption
     */
    public static List<Series> series(int captions, int values, List<Pixels> images) {
        List<Series> found = new ArrayList<>();
        for (int measure = 0; measure < MEASURES.size(); measure++) {
            int number = measure;
            ToDoubleFunction<Pixels> measured = image -> measures(image)[number];
            found.add(new Series(
                    MEASURES.get(measure),
                    IntStream.range(0, captions)
                            .mapToDouble(i -> correlation(images.subList(i * values, (i + 1) * values).stream()
                                    .mapToDouble(measured)
                                    .toArray()))
                            .toArray()));
        }
        return found;
    }

    /**
     * The mean correlation of the series that follows best, without its sign. It is chosen by every second caption and
     * measured on the others: the best of several would be above zero by chance.
     */
    public static Estimate best(List<Series> series) {
        Series best = Objects.requireNonNull(series.stream()
                .max(Comparator.comparingDouble(one -> Math.abs(mean(one, 0))))
                .orElse(null));
        double sign = Math.signum(mean(best, 0));
        double[] others = IntStream.range(0, best.correlations.length)
                .filter(i -> i % 2 == 1)
                .mapToDouble(i -> sign * best.correlations[i])
                .toArray();
        return ClusteredMean.of(others, SampleUnits.independent(others.length)).interval();
    }

    private static double mean(Series series, int parity) {
        return IntStream.range(0, series.correlations.length)
                .filter(i -> i % 2 == parity)
                .mapToDouble(i -> series.correlations[i])
                .average()
                .orElse(0);
    }

    /** With the positions; 0 where nothing changes. */
    private static double correlation(double[] measured) {
        if (Arrays.stream(measured).distinct().count() < 2) {
            return 0;
        }
        double[] numbers =
                IntStream.range(0, measured.length).mapToDouble(i -> i).toArray();
        return new SpearmansCorrelation().correlation(numbers, measured);
    }

    private static double[] measures(Pixels image) {
        double sum = 0;
        int left = image.width();
        int right = -1;
        int top = image.height();
        int bottom = -1;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int at = 3 * (y * image.width() + x);
                int least = 255;
                for (int channel = 0; channel < 3; channel++) {
                    int value = image.rgb()[at + channel] & 0xFF;
                    sum += value;
                    least = Math.min(least, value);
                }
                if (least <= BACKGROUND) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y);
                }
            }
        }
        return new double[] {
            sum / WHITE / image.rgb().length, Math.max(0, right - left + 1), Math.max(0, bottom - top + 1)
        };
    }
}
