package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.schedule.MicroBatch;
import java.util.ArrayList;
import java.util.List;

/** Embeds the captions of a micro-batch, one at a time, so that none depends on another. Safe from any thread. */
public final class TextStage {
    private TextStage() {}

    /** @param encoder the one that the batch's model was trained with */
    public static PreparedBatch prepare(MicroBatch batch, TextEncoder encoder) {
        long start = System.nanoTime();
        List<CaptionEncoding> encodings = new ArrayList<>(batch.jobs().size());
        for (QueuedJob queued : batch.jobs()) {
            encodings.add(encoder.encode(queued.job().caption()));
        }
        return new PreparedBatch(batch, encodings, (System.nanoTime() - start) / 1e6);
    }
}
