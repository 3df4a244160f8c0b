package dev.limner.worker.intake;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What tells one Kafka cluster from all others, whatever address it is reached by. */
public final class ClusterId {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterId.class);
    private static final Duration WITHIN = Duration.ofSeconds(20);
    /** One question of a wait. */
    private static final Duration ASK_WITHIN = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final Duration SAY_EVERY = Duration.ofSeconds(30);

    private ClusterId() {}

    /**
     * Asks for it.
     *
     * @param client how the brokers' logs name who asks
     * @throws IllegalStateException if no broker answers in time
     */
    public static String of(String bootstrap, String client) {
        try {
            return ask(bootstrap, client, WITHIN);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IllegalStateException(silence(bootstrap) + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Asks again and again until a broker answers; a name that stands for no address yet is waited for as well. Says from
     * time to time that it waits.
     *
     * @param client how the brokers' logs name who asks
     * @throws CancellationException if the thread is interrupted, which it stays
     */
    public static String await(String bootstrap, String client) {
        long said = System.nanoTime() - SAY_EVERY.toNanos();
        while (true) {
            try {
                return ask(bootstrap, client, ASK_WITHIN);
            } catch (ExecutionException | TimeoutException | KafkaException e) {
                if (System.nanoTime() - said >= SAY_EVERY.toNanos()) {
                    said = System.nanoTime();
                    LOG.atWarn()
                            .addKeyValue("bootstrap", bootstrap)
                            .addKeyValue("error", reason(e))
                            .log("no Kafka broker answers: the worker waits for one and takes no jobs");
                }
                rest();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for " + bootstrap);
            }
        }
    }

    private static String ask(String bootstrap, String client, Duration within)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.CLIENT_ID_CONFIG,
                client + "-cluster",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) ASK_WITHIN.toMillis(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) within.toMillis());
        try (Admin admin = Admin.create(config)) {
            return String.valueOf(admin.describeCluster().clusterId().get(within.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    /** As people are told it. */
    public static String silence(String bootstrap) {
        return "no Kafka broker answers at " + bootstrap;
    }

    private static String reason(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static void rest() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a broker");
        }
    }
}
