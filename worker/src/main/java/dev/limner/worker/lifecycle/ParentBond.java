package dev.limner.worker.lifecycle;

import dev.limner.protocol.process.ParentWatch;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** A worker that {@code limner up} started does not outlive it, not even one that was killed. */
@ApplicationScoped
public class ParentBond {
    void start(@Observes StartupEvent event) {
        ParentWatch.start();
    }
}
