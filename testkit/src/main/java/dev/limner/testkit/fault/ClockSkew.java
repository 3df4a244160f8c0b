package dev.limner.testkit.fault;

import dev.limner.worker.fault.FaultPoints;
import java.time.Clock;
import java.time.Duration;

/** A clock that is fast or slow from the start, if a system property says so. */
public final class ClockSkew implements OrderedFault {
    @Override
    public FaultPoints obeying(FaultOrders orders) {
        Duration skew = Duration.parse(KitSettings.of(KitSettings.WORKER, KitSettings.CLOCK_SKEW, "PT0S"));
        return new FaultPoints() {
            @Override
            public Clock clock(Clock clock) {
                return Clock.offset(clock, skew);
            }
        };
    }
}
