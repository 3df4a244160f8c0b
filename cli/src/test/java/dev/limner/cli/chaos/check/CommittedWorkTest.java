package dev.limner.cli.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Ledgers as the workers' own tests have them, read by somebody else. */
class CommittedWorkTest {
    private static final String BITMAP = "AQAAAAAAAAABAwAAACYSRbQ5";
    private static final String RUNS = "AQAAAAAAAAABAAJAAQNkSbtEUw";

    @Test
    void shouldReadWhatWorkersWrite() {
        CommittedWork bitmap = CommittedWork.of(10, BITMAP);
        assertThat(LongStream.range(8, 20).filter(bitmap::done)).containsExactly(8L, 9L, 11L, 12L, 15L);
        CommittedWork runs = CommittedWork.of(10, RUNS);
        assertThat(LongStream.range(10, 200).filter(runs::done).count()).isEqualTo(100);
        assertThat(runs.done(13)).isTrue();
        assertThat(runs.done(113)).isFalse();
        assertThat(CommittedWork.of(10, "").version()).isZero();
        assertThat(CommittedWork.of(10, "left behind by somebody else").version())
                .isEqualTo(-1);
    }

    @Test
    void shouldFindWhatIsNotDoneAnyMore() {
        CommittedWork before = CommittedWork.of(10, BITMAP);

        assertThat(CommittedWork.of(11, "").lostSince(before)).isEqualTo(11);
        assertThat(CommittedWork.of(13, "").lostSince(before)).isEqualTo(15);
        assertThat(CommittedWork.of(16, "").lostSince(before)).isEqualTo(-1);
        assertThat(CommittedWork.of(9, RUNS).lostSince(before)).isEqualTo(9);
        assertThat(before.lostSince(before)).isEqualTo(-1);
    }
}
