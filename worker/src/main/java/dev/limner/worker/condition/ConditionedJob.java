package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.protocol.Result;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import java.util.ArrayList;
import java.util.List;

/** A job with its caption embedded. */
public record ConditionedJob(QueuedJob queued, CaptionEncoding encoding) implements Task {
    /** What its sender should know of the caption. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (encoding.mostlyUnknown()) {
            warnings.add(Result.Warnings.CAPTION_MOSTLY_UNKNOWN);
        }
        if (encoding.truncated()) {
            warnings.add(Result.Warnings.CAPTION_TRUNCATED);
        }
        return warnings;
    }
}
