package dev.limner.worker.publish;

import dev.limner.worker.intake.RightsAdvice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What the brokers' refusals mean to whoever runs the worker. */
final class BrokerRefusals {
    private BrokerRefusals() {}

    /** What was refused. The exceptions name a resource, not the operation. */
    enum Doing {
        /** Taking the transactional id. */
        CONNECTING,
        /** Writing records, and committing the job topics' offsets for the group. */
        PUBLISHING,
        /** Asking what the group has committed. */
        ASKING
    }

    /** One sentence that names the operation, with the way out where there is one. */
    static String explain(Throwable failure, Doing doing, PublishSettings settings) {
        TopicAuthorizationException topics = cause(failure, TopicAuthorizationException.class);
        if (topics != null && !topics.unauthorizedTopics().isEmpty()) {
            return explain(topics.unauthorizedTopics(), doing, settings);
        }
        if (cause(failure, TransactionalIdAuthorizationException.class) != null) {
            return RightsAdvice.onTransactionalId(settings.transactionalId(), AclOperation.WRITE);
        }
        GroupAuthorizationException group = cause(failure, GroupAuthorizationException.class);
        if (group != null) {
            String name = group.groupId() == null ? settings.group() : group.groupId();
            return RightsAdvice.onGroup(name, doing == Doing.ASKING ? AclOperation.DESCRIBE : AclOperation.READ);
        }
        if (cause(failure, ClusterAuthorizationException.class) != null) {
            return doing == Doing.ASKING
                    ? RightsAdvice.onCluster(AclOperation.DESCRIBE)
                    : RightsAdvice.onCluster(AclOperation.IDEMPOTENT_WRITE) + ", which brokers before 3.0 need";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static String explain(Set<String> topics, Doing doing, PublishSettings settings) {
        List<String> sentences = new TreeSet<>(topics)
                .stream()
                        .map(topic -> RightsAdvice.onTopics(Set.of(topic), Set.of(operation(topic, doing, settings)))
                                + (isWritten(topic, settings) && doing == Doing.PUBLISHING
                                        ? ", or if there is no such topic, create it: it may not CREATE any"
                                        : ""))
                        .toList();
        return String.join("; ", sentences);
    }

    /** Offsets are committed and asked for only by who may read their topic. */
    private static AclOperation operation(String topic, Doing doing, PublishSettings settings) {
        if (settings.jobTopics().contains(topic)) {
            return AclOperation.READ;
        }
        return isWritten(topic, settings) && doing == Doing.PUBLISHING ? AclOperation.WRITE : AclOperation.DESCRIBE;
    }

    private static boolean isWritten(String topic, PublishSettings settings) {
        return topic.equals(settings.resultsTopic()) || topic.equals(settings.deadLettersTopic());
    }

    /** Whether the state of a topic may be behind it. */
    static boolean onTopic(Throwable failure) {
        return cause(failure, TimeoutException.class) != null
                || cause(failure, UnknownTopicOrPartitionException.class) != null
                || cause(failure, InvalidTopicException.class) != null
                || cause(failure, TopicAuthorizationException.class) != null;
    }

    /** Topics that the brokers named as forbidden. */
    static Set<String> deniedTopics(Throwable failure) {
        TopicAuthorizationException denied = cause(failure, TopicAuthorizationException.class);
        return denied == null ? Set.of() : new HashSet<>(denied.unauthorizedTopics());
    }

    /** The first of a kind among an exception and its causes. */
    static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
