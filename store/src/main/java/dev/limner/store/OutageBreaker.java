package dev.limner.store;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Uses something that every job needs, and waits while it is unavailable: an outage is no job's fault and costs none an attempt.
 * After a few failures in a row only one caller at a time tries again, and {@link #open} tells the control thread to
 * fetch nothing. Safe from any thread.
 */
public final class OutageBreaker {
    private static final Logger LOG = LoggerFactory.getLogger(OutageBreaker.class);
    private static final int FAILURES = 3;
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofMillis(500);

    private final String what;
    private final CircuitBreaker<Object> circuit;
    private final FailsafeExecutor<Object> calls;
    private volatile boolean needsOperator;

    /**
     * A breaker, closed.
     *
     * @param what as logs name it
     * @param giveUpAfter how long an outage may last before the callers get its failure; null for ever
     * @param stopping whether the worker is on its way out, so that waiting on is pointless
     */
    public OutageBreaker(String what, @Nullable Duration giveUpAfter, BooleanSupplier stopping) {
        this.what = what;
        this.circuit = CircuitBreaker.builder()
                .handle(RetryableException.class)
                .withFailureThreshold(FAILURES)
                .withDelay(REST)
                .onOpen(event -> LOG.atWarn().addKeyValue("what", what).log("circuit opened"))
                .onClose(event -> LOG.atInfo().addKeyValue("what", what).log("circuit closed"))
                .build();
        RetryPolicyBuilder<Object> retries = RetryPolicy.builder()
                .handle(RetryableException.class, CircuitBreakerOpenException.class)
                .withBackoff(FIRST, LONGEST)
                .withMaxRetries(-1)
                .abortIf((result, failure) -> stopping.getAsBoolean())
                .onRetryScheduled(event -> {
                    if (event.getLastException() instanceof RetryableException failure) {
                        boolean stays = failure instanceof OperatorNeededException;
                        LOG.atLevel(stays ? Level.ERROR : Level.WARN)
                                .addKeyValue("what", what)
                                .addKeyValue("error", failure.getMessage())
                                .addKeyValue("retryInMs", event.getDelay().toMillis())
                                .log(stays ? "unavailable until somebody repairs it" : "unavailable");
                    }
                });
        if (giveUpAfter != null) {
            retries.withMaxDuration(giveUpAfter);
        }
        this.calls = Failsafe.with(retries.build(), circuit);
    }

    /**
     * Calls, again and again while it throws {@link RetryableException}.
     *
     * @throws RetryableException once the worker is stopping or the outage has lasted too long
     * @throws RuntimeException anything else that it throws, at once
     */
    public <T> T call(Supplier<T> use) {
        try {
            return calls.get(() -> {
                try {
                    T result = use.get();
                    needsOperator = false;
                    return result;
                } catch (RetryableException e) {
                    needsOperator = e instanceof OperatorNeededException;
                    throw e;
                }
            });
        } catch (CircuitBreakerOpenException e) {
            // Not even tried. Callers must not take it for a refusal of what they brought.
            throw new RetryableException(what + " is unavailable", e);
        } catch (FailsafeException e) {
            throw new RetryableException("interrupted while waiting for " + what, e);
        }
    }

    /** Whether the last try failed in a way that does not pass by itself. */
    public boolean needsOperator() {
        return needsOperator;
    }

    /** Whether it is unavailable, or was a moment ago. */
    public boolean open() {
        return !circuit.isClosed();
    }
}
