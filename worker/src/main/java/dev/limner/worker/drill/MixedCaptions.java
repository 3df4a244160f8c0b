package dev.limner.worker.drill;

import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.schedule.MicroBatch;
import org.jspecify.annotations.Nullable;

/** Writes the caption of the next job of the batch into a job's files. Safe from any thread. */
public final class MixedCaptions extends EncodeStage {
    public MixedCaptions(String software) {
        super(software, true);
    }

    @Override
    protected @Nullable String caption(MicroBatch<GeneratedJob> batch, int position) {
        return super.caption(batch, (position + 1) % batch.jobs().size());
    }
}
