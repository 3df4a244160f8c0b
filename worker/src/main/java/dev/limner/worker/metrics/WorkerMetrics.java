package dev.limner.worker.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** What the pipeline counts and times. Safe from any thread. */
public final class WorkerMetrics {
    private final MeterRegistry registry;
    private final DistributionSummary batchSizes;

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.batchSizes = registry.summary("limner.batch.images");
    }

    /** A gauge that is read when somebody looks. */
    public void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).register(registry);
    }

    /** A job's terminal result was committed. */
    public void published(String status, int images) {
        registry.counter("limner.jobs", "status", status).increment();
        registry.counter("limner.images").increment(images);
    }

    /** A micro-batch went through a stage. */
    public void stage(String stage, double millis) {
        Timer.builder("limner.stage")
                .tag("stage", stage)
                .publishPercentiles(0.5, 0.99)
                .register(registry)
                .record(Duration.ofNanos((long) (millis * 1e6)));
    }

    /** A micro-batch was drawn. */
    public void batch(int images) {
        batchSizes.record(images);
    }

    /** An outcome came too late: its partition belongs to somebody else. */
    public void stale() {
        registry.counter("limner.outcomes.stale").increment();
    }
}
