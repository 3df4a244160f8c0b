package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OriginalTest {
    @Test
    void shouldCountEverythingThatItHolds() {
        List<Original.Header> headers =
                List.of(new Original.Header("four", new byte[5]), new Original.Header("six...", null));
        assertThat(new Original(new byte[7], new byte[1000], headers, 0).bytes())
                .isEqualTo(4 + 5 + 6 + 7 + 1000);
        assertThat(new Original(null, null, List.of(), 0).bytes()).isZero();
        assertThat(new Original(null, new byte[1000], List.of(), 0)
                        .beginning(10)
                        .bytes())
                .isEqualTo(10);
    }
}
