package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MostBytesTest {
    private static final MostBytes BEFORE = new MostBytes(1_000_000, 1_000_000);
    private static final MostBytes UNKNOWN = new MostBytes(Integer.MAX_VALUE, Integer.MAX_VALUE);

    @Test
    void shouldTakeOnlyWhatATopicWasLoweredTo() {
        assertThat(BEFORE.lowered(new MostBytes(1_048_588, 100_000), false, true))
                .isEqualTo(new MostBytes(1_000_000, 100_000));
        assertThat(BEFORE.lowered(new MostBytes(50_000, 100_000), true, false))
                .isEqualTo(new MostBytes(50_000, 100_000));
    }

    @Test
    void shouldHalveOnlyWhatWasRefusedIfTheTopicsDoNotExplainIt() {
        assertThat(BEFORE.lowered(UNKNOWN, true, false)).isEqualTo(new MostBytes(500_000, 1_000_000));
        assertThat(BEFORE.lowered(BEFORE, false, true)).isEqualTo(new MostBytes(1_000_000, 500_000));
        assertThat(new MostBytes(9_000, 9_000).lowered(UNKNOWN, true, true)).isEqualTo(new MostBytes(8_192, 8_192));
    }
}
