package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBucketsTest {
    @Test
    void shouldPadToTheSmallestSizeThatHoldsTheBatch() {
        BatchBuckets sizes = new BatchBuckets(List.of(32, 8, 16, 8));

        assertThat(sizes.sizes()).containsExactly(8, 16, 32);
        assertThat(sizes.holding(1)).isEqualTo(8);
        assertThat(sizes.holding(8)).isEqualTo(8);
        assertThat(sizes.holding(9)).isEqualTo(16);
        assertThat(sizes.holding(33)).isEqualTo(32);
    }

    @Test
    void shouldRefuseNoSizeAtAll() {
        assertThatThrownBy(() -> new BatchBuckets(List.of())).hasMessageContaining("limner.worker.batch.sizes");
        assertThatThrownBy(() -> new BatchBuckets(List.of(0, 8))).hasMessageContaining("limner.worker.batch.sizes");
    }
}
