package dev.limner.worker.health;

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
    private final WorkerVitals worker;

    WorkerHealth(WorkerVitals worker) {
        this.worker = worker;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("threads").status(worker.alive()).build();
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("model-loaded")
                // Brokers or a live release that are not to be had are no reason to start this process anew.
                .status(worker.loaded())
                .build();
    }

    @Produces
    @Readiness
    HealthCheck taking() {
        return () ->
                HealthCheckResponse.named("taking-jobs").status(worker.taking()).build();
    }

    @Produces
    @Readiness
    HealthCheck brokers() {
        return () -> HealthCheckResponse.named("brokers")
                .status(worker.brokersAnswer())
                .build();
    }

    /** Says in words what stands still. */
    @Produces
    @Readiness
    HealthCheck progress() {
        return () -> {
            List<String> obstacles = worker.obstacles();
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named("progress").status(obstacles.isEmpty());
            for (int i = 0; i < obstacles.size(); i++) {
                response.withData("reason-" + (i + 1), obstacles.get(i));
            }
            return response.build();
        };
    }
}
