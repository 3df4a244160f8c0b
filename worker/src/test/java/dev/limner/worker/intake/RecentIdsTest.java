package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
    private static final PartitionRef PARTITION = new PartitionRef("jobs", 0);

    private final RecentIds recent = new RecentIds(3);
    private long ownership = 1;
    private long offset;

    @Test
    void shouldTellARepeatFromOtherContentUnderTheSameId() {
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.REPEAT);
        assertThat(see("a", "dog", 0)).isEqualTo(RecentIds.Seen.CONFLICT);
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.REPEAT);
    }

    @Test
    void shouldTakeAJobThatWasSentAgainForAnother() {
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("a", "cat", 1)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("a", "cat", 1)).isEqualTo(RecentIds.Seen.REPEAT);
    }

    @Test
    void shouldForgetTheOldestBeyondItsSizeAndEverythingWithThePartition() {
        for (String id : new String[] {"a", "b", "c", "d"}) {
            assertThat(see(id, "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        }
        assertThat(see("b", "cat", 0)).isEqualTo(RecentIds.Seen.REPEAT);
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);

        recent.release(Set.of(PARTITION));
        assertThat(see("d", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        // Delivered again after the partition came back, though nobody said that it had gone.
        ownership++;
        assertThat(see("d", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
    }

    @Test
    void shouldNotTakeTheFirstRecordsOfATopicThatWasMadeAgainForRepeats() {
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("b", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);

        // The same ownership: the assignment has not changed, by name.
        offset = 0;

        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("b", "dog", 0)).isEqualTo(RecentIds.Seen.NEW);
        assertThat(see("b", "dog", 0)).isEqualTo(RecentIds.Seen.REPEAT);
    }

    @Test
    void shouldNotTakeARecordThatIsDeliveredASecondTimeForARepeat() {
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
        offset--;
        assertThat(see("a", "cat", 0)).isEqualTo(RecentIds.Seen.NEW);
    }

    private RecentIds.Seen see(String id, String caption, int redrive) {
        byte[] value = ("{\"id\":\"" + id + "\",\"caption\":\"" + caption + "\"}").getBytes(StandardCharsets.UTF_8);
        Job job = ((Decoded.Valid) JobCodec.decode(value, "x")).job();
        return recent.see(new RecordRef(PARTITION, offset++, ownership), job, redrive);
    }
}
