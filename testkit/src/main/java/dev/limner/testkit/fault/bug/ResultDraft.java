package dev.limner.testkit.fault.bug;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.JobGroup;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A result whose fields can be changed. One thread. */
final class ResultDraft {
    private final Result right;
    Outcome outcome;

    @Nullable
    String tenant;

    @Nullable
    JsonNode context;

    @Nullable
    JobGroup group;

    Result.@Nullable Source source;
    int redrive;
    int attempts;
    List<String> warnings;

    ResultDraft(Result right) {
        this.right = right;
        this.outcome = right.outcome();
        this.tenant = right.tenant();
        this.context = right.context();
        this.group = right.group();
        this.source = right.source();
        this.redrive = right.redrive();
        this.attempts = right.attempts();
        this.warnings = right.warnings();
    }

    Result result() {
        return new Result(
                right.jobId(),
                outcome,
                tenant,
                context,
                group,
                source,
                redrive,
                attempts,
                right.worker(),
                right.model(),
                right.timings(),
                right.batch(),
                warnings);
    }
}
