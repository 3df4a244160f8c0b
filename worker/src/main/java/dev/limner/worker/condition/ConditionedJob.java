package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.render.Conditions;
import dev.limner.protocol.Result;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job with the numbers that its model reads.
 *
 * @param encoding of its caption; null where the model reads none
 */
public record ConditionedJob(QueuedJob queued, @Nullable CaptionEncoding encoding, Conditions conditions)
        implements Task {
    /** What its sender should know of the caption. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (encoding == null) {
            return warnings;
        }
        if (encoding.mostlyUnknown()) {
            warnings.add(Result.Warnings.CAPTION_MOSTLY_UNKNOWN);
        }
        if (encoding.truncated()) {
            warnings.add(Result.Warnings.CAPTION_TRUNCATED);
        }
        return warnings;
    }
}
