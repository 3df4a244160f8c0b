package dev.limner.worker.status;

import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.service.WorkerService;
import io.smallrye.mutiny.Multi;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the worker's status every two seconds, keyed by its name, as soon as a broker has answered: also of a worker
 * that does not take jobs yet. A lost status is replaced by the next.
 */
@ApplicationScoped
public class StatusReporter {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final WorkerService service;

    StatusReporter(WorkerService service) {
        this.service = service;
    }

    @Outgoing("workers")
    Multi<Record<String, byte[]>> statuses() {
        return Multi.createFrom()
                .ticks()
                .every(EVERY)
                .onOverflow()
                .drop()
                .map(tick -> status())
                .filter(Optional::isPresent)
                .map(Optional::orElseThrow);
    }

    /** A stream keeps what its steps throw, and ends: neither a status that fails nor an {@link Error} may get there. */
    private Optional<Record<String, byte[]>> status() {
        try {
            return service.status().map(status -> Record.of(status.worker(), status.encode()));
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("the worker's status could not be sent");
            return Optional.empty();
        } catch (Error e) {
            FatalErrors.tell(e);
            throw e;
        }
    }
}
