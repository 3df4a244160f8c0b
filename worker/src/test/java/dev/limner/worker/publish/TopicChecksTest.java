package dev.limner.worker.publish;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.intake.RightsAdvice;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicChecksTest {
    @Test
    void shouldNameEveryRightThatIsLacking() {
        assertThat(TopicChecks.lacking(Set.of(WRITE, READ), Set.of(DESCRIBE))).containsExactly(READ, WRITE);
        assertThat(TopicChecks.lacking(Set.of(WRITE, READ), Set.of(DESCRIBE, WRITE)))
                .containsExactly(READ);
        assertThat(TopicChecks.lacking(Set.of(WRITE), Set.of(WRITE))).isEmpty();

        assertThat(RightsAdvice.onTopics(Set.of("results"), Set.of(READ)))
                .isEqualTo("no right to READ the topic results: grant this worker's user READ and DESCRIBE on it");
        assertThat(RightsAdvice.onTopics(Set.of("results"), TopicChecks.lacking(Set.of(WRITE, READ), Set.of(DESCRIBE))))
                .isEqualTo("no right to READ and WRITE the topic results: grant this worker's user READ, WRITE and"
                        + " DESCRIBE on it");
    }

    @Test
    void shouldCountRightsThatNobodyTellsAsGranted() {
        assertThat(TopicChecks.lacking(Set.of(READ), null)).isEmpty();
        assertThat(TopicChecks.lacking(Set.of(READ), Set.of())).isEmpty();
    }
}
