package dev.limner.worker.job;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import java.util.List;

/**
 * What is told of a job that is generated and stored.
 *
 * @param images in order; of a part of a job those of the part
 * @param attempts how often it was tried
 * @param place in its batch
 */
public record Completion(
        List<Outcome.ImageRef> images,
        Result.Model model,
        int attempts,
        Result.Timings timings,
        Result.Batch place,
        List<String> warnings) {
    public Completion {
        images = List.copyOf(images);
        warnings = List.copyOf(warnings);
    }
}
