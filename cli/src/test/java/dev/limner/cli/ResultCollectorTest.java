package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultCollectorTest {
    @Test
    void shouldSayWhichModelCanBeAskedFor() {
        assertThat(ResultCollector.wayOut(
                        rejected(ErrorCode.UNKNOWN_MODEL, "which is not served here; this worker serves mine")))
                .isEqualTo("; try --model mine");
        assertThat(ResultCollector.wayOut(rejected(ErrorCode.UNKNOWN_MODEL, "must be a name or name@digest")))
                .isEmpty();
        assertThat(ResultCollector.wayOut(rejected(ErrorCode.CAPTION_EMPTY, "this worker serves mine")))
                .isEmpty();
    }

    private static Result rejected(ErrorCode code, String rule) {
        return new Result(
                "j",
                new Outcome.Rejected(RecordError.of(code, "model", "default", rule)),
                null,
                null,
                null,
                null,
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
    }
}
