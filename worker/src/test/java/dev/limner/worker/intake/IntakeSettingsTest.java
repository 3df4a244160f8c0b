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

    private static IntakeSettings settings(long mostPendingBytes) {
        return new IntakeSettings("b", "c", "g", "consumer", List.of("t"), 1, mostPendingBytes);
    }
}
