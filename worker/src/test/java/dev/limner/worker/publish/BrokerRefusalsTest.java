package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.publish.BrokerRefusals.Doing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.junit.jupiter.api.Test;

class BrokerRefusalsTest {
    private static final PublishSettings SETTINGS = new PublishSettings(
            "localhost:1",
            "fleet-w",
            "results",
            "letters",
            "source",
            "w",
            "fleet",
            List.of("jobs"),
            1_000_000,
            Duration.ZERO,
            Duration.ofSeconds(30),
            Clock.systemUTC());

    @Test
    void shouldNameTheOperationThatWasRefusedOnATopic() {
        assertThat(explain(topics("results"), Doing.PUBLISHING))
                .startsWith("no right to WRITE the topic results: grant this worker's user WRITE and DESCRIBE on it")
                .endsWith("it may not CREATE any");
        assertThat(explain(topics("jobs"), Doing.PUBLISHING))
                .isEqualTo("no right to READ the topic jobs: grant this worker's user READ and DESCRIBE on it");
        assertThat(explain(topics("jobs"), Doing.ASKING)).startsWith("no right to READ the topic jobs");
        assertThat(explain(topics("results"), Doing.CONNECTING))
                .isEqualTo("no right to DESCRIBE the topic results: grant this worker's user DESCRIBE on it");
        assertThat(explain(topics("jobs", "letters"), Doing.PUBLISHING))
                .contains("READ the topic jobs", "; no right to WRITE the topic letters");
    }

    @Test
    void shouldNameTheGroupTheTransactionalIdAndTheCluster() {
        GroupAuthorizationException group = GroupAuthorizationException.forGroupId("other");
        assertThat(explain(group, Doing.PUBLISHING))
                .isEqualTo("no right to READ the group other: grant this worker's user READ and DESCRIBE on it");
        assertThat(explain(new GroupAuthorizationException("refused"), Doing.ASKING))
                .isEqualTo("no right to DESCRIBE the group fleet: grant this worker's user DESCRIBE on it");
        assertThat(explain(new TransactionalIdAuthorizationException("refused"), Doing.CONNECTING))
                .isEqualTo("no right to WRITE the transactional id fleet-w: grant this worker's user WRITE and DESCRIBE"
                        + " on it");
        assertThat(explain(new ClusterAuthorizationException("refused"), Doing.CONNECTING))
                .startsWith("no right to IDEMPOTENT_WRITE on the cluster")
                .contains("before 3.0");
        assertThat(explain(new ClusterAuthorizationException("refused"), Doing.ASKING))
                .startsWith("no right to DESCRIBE on the cluster");
    }

    @Test
    void shouldGiveTheCauseOfWhatIsNoRefusal() {
        assertThat(explain(new IllegalStateException("why"), Doing.PUBLISHING)).isEqualTo("IllegalStateException: why");
    }

    /** Kafka's clients wrap what the brokers say. */
    private static String explain(RuntimeException refusal, Doing doing) {
        return BrokerRefusals.explain(new KafkaException("wrapped", refusal), doing, SETTINGS);
    }

    private static TopicAuthorizationException topics(String... names) {
        return new TopicAuthorizationException(Set.of(names));
    }
}
