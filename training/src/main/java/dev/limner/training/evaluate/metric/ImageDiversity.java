package dev.limner.training.evaluate.metric;

import dev.limner.generator.image.Pixels;
import java.util.List;

/** How different images are from one another: the mean absolute difference of pairs, of 1 for black and white. */
public final class ImageDiversity {
    private static final double WHITE = 255;

    private ImageDiversity() {}

    /** Over all pairs. */
    public static double of(List<Pixels> images) {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < images.size(); i++) {
            for (int j = i + 1; j < images.size(); j++) {
                sum += difference(images.get(i), images.get(j));
                pairs++;
            }
        }
        return pairs == 0 ? 0 : sum / pairs;
    }

    private static double difference(Pixels a, Pixels b) {
        long sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 0xFF) - (b.rgb()[i] & 0xFF));
        }
        return sum / WHITE / a.rgb().length;
    }
}
