package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Result;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import java.util.List;

/**
 * A job as pixels.
 *
 * @param images as many as are meant of the job, in order
 * @param model what generated them
 * @param attempt the how-manieth try of this job this was, from 1
 */
public record GeneratedJob(ConditionedJob conditioned, List<Pixels> images, Result.Model model, int attempt)
        implements Task {
    public GeneratedJob {
        images = List.copyOf(images);
    }

    @Override
    public QueuedJob queued() {
        return conditioned.queued();
    }
}
