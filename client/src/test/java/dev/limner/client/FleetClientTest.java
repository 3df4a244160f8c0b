package dev.limner.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.WorkerStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetClientTest {
    @Test
    void shouldPassOverWhatIsNoStatusOfAWorker() {
        WorkerStatus status = new WorkerStatus(
                "w", "drawing", "cpu", "cpu", List.of(), 0, List.of(), 1, 2, 3, 4, null, Instant.EPOCH);

        assertThat(FleetClient.status(record(status.encode()))).contains(status);
        assertThat(FleetClient.status(record(null))).isEmpty();
        for (String odd : List.of("", "no status", "null", "[]", "{\"worker\":\"w\"}")) {
            assertThat(FleetClient.status(record(odd.getBytes(UTF_8)))).as(odd).isEmpty();
        }
    }

    private static FleetRecord record(byte[] value) {
        return new FleetRecord("limner.workers", 0, 0, 0, new byte[0], value, List.of());
    }
}
