package dev.limner.testkit.fault;

import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.lifecycle.CrashPoint;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** {@code crash-after-store} and its like end the process at that {@link CrashPoint}, in a commit at any moment of it. */
public final class CrashAtPoint implements OrderedFault {
    /** About what a commit takes. */
    private static final int COMMIT_NANOS = 4_000_000;

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public void reached(CrashPoint point) {
                String order = "crash-" + point.name().toLowerCase(Locale.ROOT).replace('_', '-');
                if (point != CrashPoint.MID_COMMIT) {
                    orders.crash(order);
                } else if (orders.taken(order)) {
                    Thread.ofPlatform().daemon().start(CrashAtPoint::haltSoon);
                }
            }
        };
    }

    private static void haltSoon() {
        try {
            Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextInt(1000, COMMIT_NANOS)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FaultOrders.halt();
    }
}
