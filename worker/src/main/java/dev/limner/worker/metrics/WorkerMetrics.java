package dev.limner.worker.metrics;

import dev.limner.worker.intake.PartitionRef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the pipeline counts and times. Safe from any thread. */
public final class WorkerMetrics {
    private final MeterRegistry registry;
    private final Counter ledger;
    private final DistributionSummary batchSizes;
    private final MultiGauge still;
    private final MultiGauge unknown;
    private final MultiGauge unreadable;

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.ledger = registry.counter("limner.ledger.seconds");
        this.batchSizes = registry.summary("limner.batch.images");
        this.still = MultiGauge.builder("limner.partition.still.seconds").register(registry);
        this.unknown = MultiGauge.builder("limner.partition.unknown.seconds").register(registry);
        this.unreadable =
                MultiGauge.builder("limner.partition.unreadable.seconds").register(registry);
        registry.counter("limner.publications.failed");
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

    /** A transaction was not committed; what it held is sent again. */
    public void publicationFailed() {
        registry.counter("limner.publications.failed").increment();
    }

    /** For how long the oldest open record of each partition has not moved although the device was free. */
    public void still(Map<PartitionRef, Duration> partitions) {
        rows(still, partitions);
    }

    /** For how long what the group has done in a partition is not known. */
    public void unknown(Map<PartitionRef, Duration> partitions) {
        rows(unknown, partitions);
    }

    /** For how long a partition cannot be read on. */
    public void unreadable(Map<PartitionRef, Duration> partitions) {
        rows(unreadable, partitions);
    }

    private static void rows(MultiGauge gauge, Map<PartitionRef, Duration> partitions) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        partitions.forEach((partition, since) -> rows.add(MultiGauge.Row.of(
                Tags.of("topic", partition.topic(), "partition", String.valueOf(partition.number())),
                since.toMillis() / 1e3)));
        gauge.register(rows, true);
    }

    /** An outcome came too late: its partition belongs to somebody else. */
    public void stale() {
        registry.counter("limner.outcomes.stale").increment();
    }
}
