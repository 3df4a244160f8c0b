package dev.limner.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Where partitions end with all that is written, in transactions that are still open as well. What is decided is shown a
 * moment later than it is decided, so whoever has to know it reads up to here.
 */
public final class WrittenEnds {
    private WrittenEnds() {}

    /**
     * Asks the brokers.
     *
     * @param settings the admin client's own, by Kafka's names; {@code bootstrap.servers} at least
     * @throws KafkaException if they do not say; a {@link TimeoutException} if not in time
     */
    public static Map<TopicPartition, Long> of(
            Collection<TopicPartition> partitions, Map<String, Object> settings, Duration within) {
        try (Admin admin = Admin.create(settings)) {
            return admin
                    .listOffsets(
                            partitions.stream()
                                    .collect(Collectors.toMap(Function.identity(), unused -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get(within.toMillis(), TimeUnit.MILLISECONDS)
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("the ends of " + partitions + " are not told", e);
        } catch (InterruptedException e) {
            // Sets the thread's interrupt again.
            throw new InterruptException(e);
        }
    }
}
