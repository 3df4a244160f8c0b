package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Result;
import dev.limner.worker.text.PreparedBatch;
import java.util.List;

/**
 * A micro-batch as pixels.
 *
 * @param pictures for each job its pictures, by index
 * @param model what drew them
 * @param deviceMillis what the drawing took
 */
public record DrawnBatch(PreparedBatch prepared, List<List<Pixels>> pictures, Result.Model model, double deviceMillis) {
    public DrawnBatch {
        pictures = List.copyOf(pictures);
    }
}
