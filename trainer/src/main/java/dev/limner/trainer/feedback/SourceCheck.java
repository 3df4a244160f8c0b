package dev.limner.trainer.feedback;

import dev.limner.training.feedback.FeedbackIntake;
import dev.limner.training.replay.ReplayBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the topic of a name is still the one whose positions are in the replay buffer. A topic that was deleted and made
 * again has the old name and none of the old offsets: without this, what is said in it would be passed over until it
 * reaches the old position. Identified by the ids of cluster and topic. Safe from any thread; one at a time.
 */
public final class SourceCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceCheck.class);
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final Admin admin;
    private final String topic;
    private final ReplayBuffer replay;
    private final FeedbackIntake intake;
    private boolean again;

    public SourceCheck(String bootstrap, String topic, ReplayBuffer replay, FeedbackIntake intake) {
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) WITHIN.toMillis(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) WITHIN.toMillis() / 2));
        this.topic = topic;
        this.replay = replay;
        this.intake = intake;
    }

    /**
     * Looks, for ten seconds at most. What was polled from the old topic may still be on its way into the buffer and
     * would leave its position behind: the look after one that found another topic drops the positions once more.
     *
     * @return whether the positions were dropped, and whoever reads has to start at the beginning. False if the brokers do
     *     not say
     */
    public synchronized boolean isAnother() {
        try {
            String identity = identity();
            Optional<String> known = replay.source(topic);
            boolean other = known.isPresent() ? !known.get().equals(identity) : isBeyondTheEnd();
            if (other) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("before", known.orElse("unknown"))
                        .addKeyValue("now", identity)
                        .log("the topic was deleted and created again: it is read from its beginning");
            }
            boolean dropped = other || again;
            again = other;
            if (dropped || known.isEmpty()) {
                intake.source(topic, identity, dropped);
            }
            return dropped;
        } catch (ExecutionException | TimeoutException e) {
            LOG.atDebug().addKeyValue("error", e.toString()).log("the brokers do not say which topic this is");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String identity() throws ExecutionException, TimeoutException, InterruptedException {
        return admin.describeCluster().clusterId().get(WITHIN.toSeconds(), TimeUnit.SECONDS) + "/"
                + description().topicId();
    }

    private TopicDescription description() throws ExecutionException, TimeoutException, InterruptedException {
        return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(WITHIN.toSeconds(), TimeUnit.SECONDS)
                .get(topic));
    }

    /** For positions that an earlier build wrote, without an identity. */
    private boolean isBeyondTheEnd() throws ExecutionException, TimeoutException, InterruptedException {
        Map<Integer, Long> positions = replay.positions(topic);
        if (positions.isEmpty()) {
            return false;
        }
        int partitions = description().partitions().size();
        if (positions.keySet().stream().anyMatch(partition -> partition >= partitions)) {
            return true;
        }
        Map<TopicPartition, OffsetSpec> ends = positions.keySet().stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get(WITHIN.toSeconds(), TimeUnit.SECONDS).entrySet().stream()
                .anyMatch(end -> end.getValue().offset()
                        < positions.getOrDefault(end.getKey().partition(), 0L));
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
