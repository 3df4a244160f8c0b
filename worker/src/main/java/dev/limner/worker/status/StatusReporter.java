package dev.limner.worker.status;

import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.pipeline.WorkerService;
import io.smallrye.mutiny.Multi;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

/** Publishes the worker's status every two seconds, keyed by its name. A lost status is replaced by the next. */
@ApplicationScoped
public class StatusReporter {
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
                .map(tick -> service.runtime())
                .filter(runtime -> runtime.isPresent())
                .map(runtime -> {
                    WorkerStatus status = runtime.orElseThrow().status();
                    return Record.of(status.worker(), status.encode());
                });
    }
}
