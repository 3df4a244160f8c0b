package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WorkerStatusTest {
    @Test
    void shouldCutReasonsThatWouldNotFitARecord() {
        assertThat(refusal("x".repeat(1000)).reason()).isEqualTo("x".repeat(1000));
        assertThat(refusal("x".repeat(2_000_000)).reason()).isEqualTo("x".repeat(997) + "...");
    }

    private static WorkerStatus.Refusal refusal(String reason) {
        return new WorkerStatus.Refusal("a".repeat(64), RefusalCode.LOAD_FAILED, reason, Instant.EPOCH);
    }
}
