package dev.limner.worker.health;

import dev.limner.worker.pipeline.WorkerRuntime;
import dev.limner.worker.service.WorkerService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * {@code /q/health/live}, {@code /q/health/started} and {@code /q/health/ready}. Only the first restarts a worker, so it
 * fails only for what a restart mends: a thread of the worker's own that is dead or stuck. Everything outside that does
 * not answer belongs to the last.
 */
@ApplicationScoped
public class WorkerHealth {
    private final WorkerService service;

    WorkerHealth(WorkerService service) {
        this.service = service;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("threads")
                .status(service.runtime().map(WorkerRuntime::alive).orElse(!service.failed()))
                .build();
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("model-loaded")
                // Brokers or a live release that are not to be had are no reason to start this process anew.
                .status(service.loaded())
                .build();
    }

    @Produces
    @Readiness
    HealthCheck taking() {
        return () -> HealthCheckResponse.named("taking-jobs")
                .status(service.runtime().map(WorkerRuntime::taking).orElse(false))
                .build();
    }

    @Produces
    @Readiness
    HealthCheck brokers() {
        return () -> HealthCheckResponse.named("brokers")
                .status(service.brokersAnswer())
                .build();
    }

    /** Says in words what stands still. */
    @Produces
    @Readiness
    HealthCheck progress() {
        return () -> {
            List<String> obstacles = service.obstacles();
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named("progress").status(obstacles.isEmpty());
            for (int i = 0; i < obstacles.size(); i++) {
                response.withData("reason-" + (i + 1), obstacles.get(i));
            }
            return response.build();
        };
    }
}
