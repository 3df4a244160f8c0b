package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.RecordHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

class OriginalRecordTest {
    @Test
    void shouldCountEverythingThatItHolds() {
        List<RecordHeader> headers = List.of(new RecordHeader("four", new byte[5]), new RecordHeader("six...", null));
        assertThat(new OriginalRecord(new byte[7], new byte[1000], headers, 0).bytes())
                .isEqualTo(4 + 5 + 6 + 7 + 1000);
        assertThat(new OriginalRecord(null, null, List.of(), 0).bytes()).isZero();
        assertThat(new OriginalRecord(null, new byte[1000], List.of(), 0)
                        .beginning(10)
                        .bytes())
                .isEqualTo(10);
    }
}
