package dev.limner.worker.lifecycle;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a process whose shutdown has taken all of its time: something in it waits that knows of no budget. */
public final class LastResort {
    /** The exit code of a process that was cut off; that of the {@code timeout} command. */
    public static final int EXIT_CODE = 124;

    private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);

    private LastResort() {}

    /**
     * Ends the process when the budget is spent, unless it has ended by itself.
     *
     * @param total of the budget, for the message
     */
    public static void after(StopBudget budget, Duration total) {
        Thread.ofPlatform().name("limner-last-resort").daemon().start(() -> {
            try {
                Thread.sleep(budget.left());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            LOG.atError()
                    .addKeyValue("stopWithinMillis", total.toMillis())
                    .addKeyValue("exitCode", EXIT_CODE)
                    .log("the shutdown takes longer than limner.worker.stop-within: cut off, what is not committed is"
                            + " delivered again");
            Runtime.getRuntime().halt(EXIT_CODE);
        });
    }
}
