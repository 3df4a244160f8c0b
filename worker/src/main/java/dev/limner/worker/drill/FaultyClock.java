package dev.limner.worker.drill;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that throws an error on order, in the thread that asks for the time. The threads that read a topic as a whole
 * do so for every cancellation. Safe from any thread.
 */
public final class FaultyClock extends Clock {
    private final Clock clock;
    private final FaultInjector drill;

    public FaultyClock(Clock clock, FaultInjector drill) {
        this.clock = clock;
        this.drill = drill;
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new FaultyClock(clock.withZone(zone), drill);
    }

    @Override
    public Instant instant() {
        drill.failIfOrdered();
        return clock.instant();
    }
}
