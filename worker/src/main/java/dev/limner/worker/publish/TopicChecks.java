package dev.limner.worker.publish;

import dev.limner.worker.intake.RightsAdvice;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers whether topics are there, may be used and take records that are large enough. What this worker may not
 * ask counts as in order: only a use can tell. Every question ends within {@link #WITHIN}. One thread at a time.
 */
final class TopicChecks implements AutoCloseable {
    static final Duration WITHIN = Duration.ofSeconds(4);

    private static final int REQUEST_MILLIS = 3_000;

    private final String bootstrap;
    private final String client;
    private @Nullable Admin admin;

    /** How a topic is used. */
    record Use(String topic, Set<AclOperation> operations, int leastRecord) {}

    /** What was found of a topic. */
    sealed interface Finding {
        /** @param mostBytes of a record; {@link Integer#MAX_VALUE} if that may not be asked */
        record Fit(int mostBytes) implements Finding {}

        /** It may not be looked at, so only a use can tell. */
        record Hidden() implements Finding {}

        /** @param why and what to do about it */
        record Unfit(String why) implements Finding {}

        /** The brokers do not answer. */
        record Silence(String why) implements Finding {}
    }

    TopicChecks(String bootstrap, String client) {
        this.bootstrap = bootstrap;
        this.client = client;
    }

    /** Looks at topics; every one of them has a finding. */
    Map<String, Finding> look(List<Use> uses) {
        Map<String, Finding> findings = new HashMap<>();
        try {
            Admin connected = connected();
            Set<String> names = Set.copyOf(uses.stream().map(Use::topic).toList());
            Map<String, KafkaFuture<TopicDescription>> topics = connected
                    .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (Use use : uses) {
                findings.put(use.topic(), look(connected, use, Objects.requireNonNull(topics.get(use.topic()))));
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            uses.forEach(use -> findings.putIfAbsent(use.topic(), silence(e)));
        }
        return findings;
    }

    private static Finding look(Admin admin, Use use, KafkaFuture<TopicDescription> asked) {
        try {
            TopicDescription found = get(asked);
            Set<AclOperation> lacking = lacking(use.operations(), found.authorizedOperations());
            if (!lacking.isEmpty()) {
                return new Finding.Unfit(RightsAdvice.onTopics(Set.of(use.topic()), lacking));
            }
            int most = mostBytes(admin, use.topic());
            return most < use.leastRecord()
                    ? new Finding.Unfit("the topic " + use.topic() + " takes records of up to " + most
                            + " bytes, needed are at least " + use.leastRecord() + ": raise its "
                            + TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                    : new Finding.Fit(most);
        } catch (UnknownTopicOrPartitionException e) {
            return new Finding.Unfit(missing(use.topic()));
        } catch (AuthorizationException e) {
            return new Finding.Hidden();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            return silence(e);
        }
    }

    private static int mostBytes(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config = get(admin.describeConfigs(List.of(resource)).all()).get(resource);
            ConfigEntry entry = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            return entry == null || entry.value() == null ? Integer.MAX_VALUE : Integer.parseInt(entry.value());
        } catch (AuthorizationException e) {
            return Integer.MAX_VALUE;
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException failure) {
                throw failure;
            }
            throw new KafkaException(e.getCause());
        }
    }

    static String missing(String topic) {
        return "the topic " + topic + " does not exist: create it, or set limner.worker.topic-prefix to that of the"
                + " fleet's topics";
    }

    /** @param allowed null or empty if the brokers do not tell */
    static Set<AclOperation> lacking(Set<AclOperation> needed, @Nullable Set<AclOperation> allowed) {
        if (allowed == null || allowed.isEmpty()) {
            return Set.of();
        }
        Set<AclOperation> lacking = new TreeSet<>(needed);
        lacking.removeAll(allowed);
        return lacking;
    }

    private static Finding silence(KafkaException failure) {
        return new Finding.Silence("the brokers do not answer: " + failure.getMessage());
    }

    private Admin connected() {
        Admin connected = admin;
        if (connected == null) {
            connected = Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                    bootstrap,
                    AdminClientConfig.CLIENT_ID_CONFIG,
                    client + "-checks",
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    REQUEST_MILLIS,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    (int) WITHIN.toMillis()));
            admin = connected;
        }
        return connected;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
