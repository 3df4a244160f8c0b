package dev.limner.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

class StageThreadsTest {
    @Test
    void shouldGenerateAsManyBatchesSideBySideAsACpuHasRoomFor() {
        assertThat(StageThreads.on(Device.cpu(), 2, 1, 0)).isEqualTo(new StageThreads(1, 2, 1, 2));
        assertThat(StageThreads.on(Device.cpu(), 16, 1, 0)).isEqualTo(new StageThreads(8, 16, 4, 4));
        assertThat(StageThreads.on(Device.cpu(), 16, 4, 0).device()).isEqualTo(4);
        assertThat(StageThreads.on(Device.cpu(), 1, 4, 0)).isEqualTo(new StageThreads(2, 1, 1, 2));
    }

    @Test
    void shouldFeedAGpuWithEveryCore() {
        assertThat(StageThreads.on(Device.gpu(0), 16, 1, 0)).isEqualTo(new StageThreads(16, 1, 16, 8));
    }

    @Test
    void shouldTakeTheUsersWordAndNameTheKeyOfAWrongOne() {
        assertThat(StageThreads.on(Device.cpu(), 2, 1, 5).device()).isEqualTo(5);
        assertThatThrownBy(() -> StageThreads.on(Device.cpu(), 2, 1, -1))
                .hasMessage("limner.worker.streams is -1, must be at least 0");
        assertThatThrownBy(() -> StageThreads.on(Device.cpu(), 2, -1, 0))
                .hasMessage("limner.worker.threads is -1, must be at least 0");
    }
}
