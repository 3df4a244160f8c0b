package dev.limner.worker.intake;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;

/** Sentences for whoever grants rights: which operation on what was refused, and what to grant. */
public final class RightsAdvice {
    private RightsAdvice() {}

    /** What is refused on topics. */
    public static String onTopics(Collection<String> topics, Collection<AclOperation> operations) {
        List<String> names = List.copyOf(new TreeSet<>(topics));
        return denied(
                operations,
                (names.size() == 1 ? " the topic " : " the topics ") + String.join(", ", names),
                names.size() == 1 ? "it" : "each");
    }

    /** What is refused on a consumer group. */
    public static String onGroup(String group, AclOperation operation) {
        return denied(List.of(operation), " the group " + group, "it");
    }

    /** What is refused on a transactional id. */
    public static String onTransactionalId(String id, AclOperation operation) {
        return denied(List.of(operation), " the transactional id " + id, "it");
    }

    /** What is refused on the whole cluster. */
    public static String onCluster(AclOperation operation) {
        return "no right to " + operation + " on the cluster: grant this worker's user " + operation + " on it";
    }

    private static String denied(Collection<AclOperation> operations, String what, String where) {
        List<String> names =
                new TreeSet<>(operations).stream().map(AclOperation::name).toList();
        String described = operations.contains(AclOperation.DESCRIBE) ? "" : " and " + AclOperation.DESCRIBE;
        return "no right to " + String.join(" and ", names) + what + ": grant this worker's user "
                + String.join(", ", names) + described + " on " + where;
    }
}
