package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.worker.schedule.MicroBatch;
import java.util.List;

/**
 * A micro-batch with its captions embedded.
 *
 * @param encodings one per job, in order
 * @param textMillis what the embedding took
 */
public record PreparedBatch(MicroBatch batch, List<CaptionEncoding> encodings, double textMillis) {
    public PreparedBatch {
        encodings = List.copyOf(encodings);
    }

    /**
     * Some of its jobs as a batch of their own.
     *
     * @param part tells its id apart from the other parts'
     */
    public PreparedBatch part(int from, int to, int part) {
        return new PreparedBatch(batch.part(from, to, part), encodings.subList(from, to), textMillis);
    }
}
