package dev.limner.worker.encode;

import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import java.util.List;

/**
 * A job as image files in memory.
 *
 * @param files of its images, in order
 */
public record EncodedJob(GeneratedJob generated, List<EncodedImage> files) implements Task {
    public EncodedJob {
        files = List.copyOf(files);
    }

    @Override
    public QueuedJob queued() {
        return generated.queued();
    }
}
