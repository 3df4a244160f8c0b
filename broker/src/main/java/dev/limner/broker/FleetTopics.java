package dev.limner.broker;

import dev.limner.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topics of a fleet, with the clean-up each one needs. Results are kept longer than jobs: they tell a fleet whose offsets
 * are gone which of the jobs are answered.
 */
public final class FleetTopics {
    private static final String DAY = String.valueOf(Duration.ofDays(1).toMillis());
    private static final String WEEK = String.valueOf(Duration.ofDays(7).toMillis());
    private static final String FORTNIGHT = String.valueOf(Duration.ofDays(14).toMillis());
    private static final String YEAR = String.valueOf(Duration.ofDays(365).toMillis());

    private FleetTopics() {}

    /**
     * Creates those that do not exist; leaves the others as they are.
     *
     * @param partitions of each job topic and of the results; a lane's partitions bound how many workers share it
     * @param replication copies of each
     * @throws IllegalStateException if the brokers cannot be reached or refuse
     */
    public static void create(String bootstrap, Topics topics, int partitions, short replication) {
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                20_000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000);
        try (Admin admin = Admin.create(config)) {
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing = all(topics, partitions, replication).stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .toList();
            admin.createTopics(missing).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "the topics cannot be created on " + bootstrap + ": "
                                + (e.getCause() == null ? e : e.getCause()).getMessage(),
                        e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics on " + bootstrap, e);
        }
    }

    private static List<NewTopic> all(Topics topics, int partitions, short replication) {
        List<NewTopic> all = new ArrayList<>();
        for (String jobs : topics.allJobs()) {
            all.add(topic(jobs, partitions, replication, TopicConfig.CLEANUP_POLICY_DELETE, WEEK));
        }
        all.add(topic(topics.results(), partitions, replication, TopicConfig.CLEANUP_POLICY_DELETE, FORTNIGHT));
        all.add(topic(topics.deadLetters(), 1, replication, TopicConfig.CLEANUP_POLICY_DELETE, YEAR));
        all.add(topic(topics.cancellations(), 1, replication, "compact,delete", DAY));
        all.add(feedback(topics.feedback(), replication));
        all.add(topic(topics.models(), 1, replication, TopicConfig.CLEANUP_POLICY_COMPACT, "-1"));
        all.add(topic(topics.workers(), 1, replication, "compact,delete", DAY));
        return all;
    }

    /** Who may say how much in an hour is counted by the broker's clock: senders would write the times that suit them. */
    private static NewTopic feedback(String name, short replication) {
        return new NewTopic(name, 1, replication)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        YEAR,
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime"));
    }

    private static NewTopic topic(
            String name, int partitions, short replication, String cleanup, String retentionMillis) {
        return new NewTopic(name, partitions, replication)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, cleanup,
                        TopicConfig.RETENTION_MS_CONFIG, retentionMillis));
    }
}
