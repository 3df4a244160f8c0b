package dev.limner.worker.health;

import dev.limner.worker.pipeline.WorkerRuntime;
import dev.limner.worker.pipeline.WorkerService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** {@code /q/health/live}, {@code /q/health/started} and {@code /q/health/ready}. */
@ApplicationScoped
public class WorkerHealth {
    /** A commit that has to replace its producer takes up to half of this. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final WorkerService service;

    WorkerHealth(WorkerService service) {
        this.service = service;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("control-loop")
                .status(service.runtime().map(runtime -> runtime.alive(SILENCE)).orElse(!service.failed()))
                .build();
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("model-loaded")
                // A live release that is not to be had is no reason to start this process anew.
                .status(service.runtime().isPresent() || service.waiting())
                .build();
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> HealthCheckResponse.named("taking-jobs")
                .status(service.runtime().map(WorkerRuntime::taking).orElse(false))
                .build();
    }
}
