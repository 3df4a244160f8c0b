package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeSettingsTest {
    private static final long LEAST = 1 << 20;

    @Test
    void shouldNameTheKeyOfASettingThatCannotBe() {
        assertThat(settings(LEAST).mostPendingBytes()).isEqualTo(LEAST);
        assertThat(settings(LEAST + 1).mostPendingBytes()).isEqualTo(LEAST + 1);
        assertThatThrownBy(() -> settings(LEAST - 1))
                .hasMessage("limner.worker.intake.max-pending-bytes is 1048575, must be at least 1048576");
    }

    @Test
    void shouldSuitThePendingBytesToTheHeap() {
        assertThat(IntakeSettings.pendingBytesSuiting(256 << 20)).isEqualTo(32 << 20);
        assertThat(IntakeSettings.pendingBytesSuiting(1 << 20)).isEqualTo(LEAST);
    }

    @Test
    void shouldTellAnAddressThatCanNeverAnswerFromOneThatMay() {
        for (String address : List.of(
                "localhost:9092",
                "kafka-0.kafka.svc:9092, kafka-1:9093",
                "[::1]:9092",
                "PLAINTEXT://h:1",
                "10.0.0.7:65535")) {
            assertThat(settings(address, LEAST).bootstrap()).isEqualTo(address);
        }
        for (String address : List.of("", "localhost", "h:", ":9092", "h:1,", "http://h:1/", "h h:1")) {
            assertThatThrownBy(() -> settings(address, LEAST))
                    .hasMessage("limner.worker.bootstrap is '" + address
                            + "', must be host:port, or several with commas between");
        }
    }

    private static IntakeSettings settings(long mostPendingBytes) {
        return settings("localhost:1", mostPendingBytes);
    }

    private static IntakeSettings settings(String bootstrap, long mostPendingBytes) {
        return new IntakeSettings(bootstrap, "c", "g", "consumer", List.of("t"), 1, mostPendingBytes);
    }
}
