package dev.limner.worker.publish;

import java.util.HashSet;
import java.util.Set;
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
final class Refusals {
    private Refusals() {}

    /** One sentence, with the way out where there is one. */
    static String explain(Throwable failure, PublishSettings settings) {
        TopicAuthorizationException topics = cause(failure, TopicAuthorizationException.class);
        if (topics != null && !topics.unauthorizedTopics().isEmpty()) {
            return TopicChecks.denied(String.join(", ", topics.unauthorizedTopics()), Set.of(AclOperation.WRITE));
        }
        if (cause(failure, TransactionalIdAuthorizationException.class) != null) {
            return "no right to use the transactional id " + settings.transactionalId()
                    + ": grant this worker's user WRITE and DESCRIBE on it";
        }
        if (cause(failure, GroupAuthorizationException.class) != null) {
            return "no right to commit for the group " + settings.group()
                    + ": grant this worker's user READ on the group and on the job topics";
        }
        if (cause(failure, ClusterAuthorizationException.class) != null) {
            return "no right on the cluster: grant this worker's user IDEMPOTENT_WRITE, which brokers before 3.0 need";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
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
