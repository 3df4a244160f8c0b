package dev.limner.worker.drill;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that throws an error on order, in the thread that asks for the time. The threads that read a topic as a whole
 * do so for every cancellation. Safe from any thread.
 */
public final class DrillClock extends Clock {
    private final Clock clock;
    private final Drill drill;

    public DrillClock(Clock clock, Drill drill) {
        this.clock = clock;
        this.drill = drill;
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new DrillClock(clock.withZone(zone), drill);
    }

    @Override
    public Instant instant() {
        drill.failIfOrdered();
        return clock.instant();
    }
}
