package dev.limner.broker;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of Kafka's wish to end the process: its brokers do so, without a word, when a log folder fails or a fault
 * inside them is beyond repair. Kafka does not say which broker wishes it, so every broker of this process counts as failed.
 * Once one has been started, the process is never ended by Kafka.
 */
final class BrokerExit implements AutoCloseable {
    private static final Set<BrokerExit> WATCHING = ConcurrentHashMap.newKeySet();

    static {
        Exit.setExitProcedure(BrokerExit::gaveUp);
        Exit.setHaltProcedure(BrokerExit::gaveUp);
    }

    private final CompletableFuture<String> reason = new CompletableFuture<>();

    private BrokerExit() {}

    /** For a broker that is about to start. */
    static BrokerExit watch() {
        BrokerExit exit = new BrokerExit();
        WATCHING.add(exit);
        return exit;
    }

    /** Done when Kafka has given up. */
    CompletableFuture<String> reason() {
        return reason;
    }

    private static void gaveUp(int status, @Nullable String message) {
        String reason = message == null || message.isBlank() ? "it gave up with status " + status : message;
        WATCHING.forEach(exit -> exit.reason.complete(reason));
    }

    /** What Kafka wishes later concerns this broker no more. */
    @Override
    public void close() {
        WATCHING.remove(this);
    }
}
