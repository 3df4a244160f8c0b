package dev.limner.worker.drill;

import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.generate.GeneratedBatch;

/** Writes the caption of the next job of the batch into a job's files. Safe from any thread. */
public final class MixedCaptions extends EncodeStage {
    public MixedCaptions(String software) {
        super(software, true);
    }

    @Override
    protected String caption(GeneratedBatch generated, int position) {
        return super.caption(
                generated, (position + 1) % generated.prepared().batch().jobs().size());
    }
}
