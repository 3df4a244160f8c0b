package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Result;
import dev.limner.worker.condition.PreparedBatch;
import java.util.List;

/**
 * A micro-batch as pixels.
 *
 * @param images for each job or part of one its images, in order
 * @param model what generated them
 * @param attempt the how-manieth try of these jobs this was, from 1
 * @param deviceMillis what the generating took
 */
public record GeneratedBatch(
        PreparedBatch prepared, List<List<Pixels>> images, Result.Model model, int attempt, double deviceMillis) {
    public GeneratedBatch {
        images = List.copyOf(images);
    }

    /** Some of its jobs as a batch of their own. */
    public GeneratedBatch part(int from, int to, int part) {
        return new GeneratedBatch(
                prepared.part(from, to, part), images.subList(from, to), model, attempt, deviceMillis);
    }
}
