package dev.limner.testkit.fault;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.store.ObjectStore;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.model.ImageGenerator;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * {@code error-in} throws an error, once, in the thread whose name begins with the order's text, wherever that comes by:
 * the threads that read a topic as a whole ask for the time for every cancellation.
 */
public final class ErrorInThread implements OrderedFault {
    private static final String ORDER = "error-in";

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new Points(orders);
    }

    private record Points(FaultOrders orders) implements FaultPoints {
        void failIfOrdered() {
            String name = Thread.currentThread().getName();
            boolean meant = orders.text(ORDER)
                    .filter(thread -> !thread.isEmpty() && name.startsWith(thread))
                    .isPresent();
            if (meant && orders.taken(ORDER)) {
                throw new LinkageError("the error that was ordered in " + name);
            }
        }

        @Override
        public void reached(CrashPoint point) {
            failIfOrdered();
        }

        @Override
        public Clock clock(Clock clock) {
            return new FailingClock(clock, this);
        }

        @Override
        public ObjectStore store(ObjectStore store) {
            return new ObjectStore() {
                @Override
                public URI uri(StoreObject object) {
                    return store.uri(object);
                }

                @Override
                public List<String> put(List<StoreObject> objects) {
                    failIfOrdered();
                    return store.put(objects);
                }
            };
        }

        @Override
        public TextEncoder textEncoder(TextEncoder encoder) {
            return new ForwardingTextEncoder(encoder) {
                @Override
                public CaptionEncoding encode(String caption) {
                    failIfOrdered();
                    return super.encode(caption);
                }
            };
        }

        @Override
        public ImageGenerator generator(ImageGenerator generator) {
            return new ForwardingGenerator(generator) {
                @Override
                public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                    failIfOrdered();
                    return super.generate(requests, batchSize);
                }
            };
        }
    }

    private static final class FailingClock extends Clock {
        private final Clock clock;
        private final Points points;

        FailingClock(Clock clock, Points points) {
            this.clock = clock;
            this.points = points;
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new FailingClock(clock.withZone(zone), points);
        }

        @Override
        public Instant instant() {
            points.failIfOrdered();
            return clock.instant();
        }
    }
}
