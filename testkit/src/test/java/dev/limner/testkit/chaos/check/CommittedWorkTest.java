package dev.limner.testkit.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
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

    /** With a topic's id and something of a later release, or without either. */
    @Test
    void shouldReadTheSecondVersion() {
        CommittedWork named = CommittedWork.of(10, second(4, 3));
        assertThat(named.version()).isEqualTo(2);
        assertThat(LongStream.range(8, 20).filter(named::done)).containsExactly(8L, 9L, 11L, 12L);
        assertThat(CommittedWork.of(10, second(0, 0)).beyond()).isEqualTo(named.beyond());
        assertThat(CommittedWork.of(10, second(4, 3).replace('A', 'B')).version())
                .isEqualTo(-1);
    }

    private static String second(int flags, int more) {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        bytes.put((byte) 2).putLong(7).put((byte) flags);
        if (flags == 4) {
            bytes.putLong(1).putLong(2);
        }
        bytes.put((byte) more).put(new byte[more]);
        bytes.put(new byte[] {0, 0, 0, 1, 2});
        CRC32 crc = new CRC32();
        crc.update(bytes.array(), 0, bytes.position());
        bytes.putInt((int) crc.getValue());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes.array(), bytes.position()));
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
