package dev.limner.testkit.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ForgivenPartitionsTest {
    private static final TopicPartition ONE = new TopicPartition("jobs", 0);
    private static final TopicPartition OTHER = new TopicPartition("jobs", 1);

    private final ForgivenPartitions forgiven = new ForgivenPartitions();

    @Test
    void shouldForgiveOnce() {
        forgiven.add(Set.of(ONE));

        assertThat(forgiven.take(OTHER)).isFalse();
        assertThat(forgiven.take(ONE)).isTrue();
        assertThat(forgiven.take(ONE)).isFalse();
    }

    @Test
    void shouldEndOnceAPartitionHasCaughtUpAfterTheFault() {
        forgiven.add(Set.of(ONE, OTHER));
        forgiven.reached(ONE, 100);
        forgiven.recovered(Map.of(ONE, 100L, OTHER, 100L));
        forgiven.reached(ONE, 100);
        forgiven.reached(OTHER, 99);

        assertThat(forgiven.take(ONE)).isFalse();
        assertThat(forgiven.take(OTHER)).isTrue();
    }

    /** What a fault before this one has left is not what this one's recovery ends at. */
    @Test
    void shouldNotEndBeforeTheFaultIsOver() {
        forgiven.add(Set.of(ONE));
        forgiven.recovered(Map.of(ONE, 100L));
        forgiven.add(Set.of(ONE));
        forgiven.reached(ONE, 100);

        assertThat(forgiven.take(ONE)).isTrue();
    }
}
