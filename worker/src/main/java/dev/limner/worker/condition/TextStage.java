package dev.limner.worker.condition;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.util.ArrayList;
import java.util.List;

/** Embeds the captions of a micro-batch, one at a time, so that none depends on another. Safe from any thread. */
public final class TextStage {
    private TextStage() {}

    /** @param encoder the one that the batch's model was trained with */
    public static MicroBatch<ConditionedJob> prepare(MicroBatch<QueuedJob> batch, TextEncoder encoder) {
        long start = System.nanoTime();
        List<ConditionedJob> jobs = new ArrayList<>(batch.jobs().size());
        for (QueuedJob queued : batch.jobs()) {
            jobs.add(new ConditionedJob(queued, encoder.encode(queued.job().caption())));
        }
        return batch.further(jobs, batch.took().withText(StageMillis.since(start)));
    }
}
