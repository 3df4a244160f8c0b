package dev.limner.trainer.service;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does again what failed, until it does not. */
final class RetryUntilDone {
    private static final Logger LOG = LoggerFactory.getLogger(RetryUntilDone.class);

    private RetryUntilDone() {}

    /**
     * Returns when the work has been done.
     *
     * @param work may be done in part several times
     * @param over whether nobody waits for it any more: a failure is handed on then
     * @param first pause after a failure; each further one is twice as long
     * @param longest pause
     */
    static void until(Runnable work, BooleanSupplier over, Duration first, Duration longest)
            throws InterruptedException {
        Duration pause = first;
        while (true) {
            try {
                work.run();
                return;
            } catch (RuntimeException e) {
                if (over.getAsBoolean()) {
                    throw e;
                }
                LOG.atWarn()
                        .addKeyValue("error", e.toString())
                        .addKeyValue("retryInMs", pause.toMillis())
                        .log("feedback cannot be taken at the moment and waits");
                LOG.atDebug().setCause(e).log("stack trace of why feedback cannot be taken");
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(longest) < 0 ? pause.multipliedBy(2) : longest;
        }
    }
}
