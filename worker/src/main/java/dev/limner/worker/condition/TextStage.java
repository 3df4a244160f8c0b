package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Turns the jobs of a micro-batch into numbers. Captions are embedded one at a time, so that none depends on another. Safe from
 * any thread.
 */
public final class TextStage {
    private static final float[] NO_SENTENCE = {};

    private TextStage() {}

    /** @param model the batch's, which says what is read of a job, and knows the encoder that it was trained with */
    public static MicroBatch<ConditionedJob> prepare(MicroBatch<QueuedJob> batch, LoadedModel model) {
        long start = System.nanoTime();
        List<ConditionedJob> jobs = new ArrayList<>(batch.jobs().size());
        for (QueuedJob queued : batch.jobs()) {
            CaptionEncoding encoding = model.encoder()
                    .map(encoder ->
                            encoder.encode(Objects.requireNonNull(queued.job().caption(), "caption")))
                    .orElse(null);
            float[] sentence = encoding == null ? NO_SENTENCE : encoding.embedding();
            jobs.add(new ConditionedJob(queued, encoding, model.inputs().conditions(queued.job(), sentence)));
        }
        return batch.further(jobs, batch.took().withText(StageMillis.since(start)));
    }
}
