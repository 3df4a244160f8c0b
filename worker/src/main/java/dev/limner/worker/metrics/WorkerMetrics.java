package dev.limner.worker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** What the pipeline counts and times. Safe from any thread. */
public final class WorkerMetrics {
    private final MeterRegistry registry;
    private final Counter ledger;
    private final DistributionSummary batchSizes;

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.ledger = registry.counter("limner.ledger.seconds");
        this.batchSizes = registry.summary("limner.batch.images");
    }

    /** A gauge that is read when somebody looks. */
    public void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).register(registry);
    }

    /** One of several gauges of a name, told apart by a tag. */
    public void gauge(String name, String tag, String tagged, Supplier<Number> value) {
        Gauge.builder(name, value).tag(tag, tagged).register(registry);
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

    /** Time spent in the ledgers, as {@code limner.ledger.seconds}. */
    public void ledger(long nanos) {
        ledger.increment(nanos / 1e9);
    }

    /** An outcome came too late: its partition belongs to somebody else. */
    public void stale() {
        registry.counter("limner.outcomes.stale").increment();
    }
}
