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

/**
 * What the pipeline counts and times, each with a sentence that says what it is and in which unit. Safe from any thread.
 */
public final class WorkerMetrics {
    private final MeterRegistry registry;
    private final Counter ledger;
    private final DistributionSummary batchSizes;
    private final MultiGauge still;
    private final MultiGauge unknown;
    private final Counter failed;
    private final Counter stale;
    private final Counter images;
    private final MultiGauge unreadable;

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.ledger = Counter.builder("limner.ledger.seconds")
                .description("Time that the control thread spent in the partitions' ledgers. Unit: seconds.")
                .register(registry);
        this.batchSizes = DistributionSummary.builder("limner.batch.images")
                .description("Images of each micro-batch that went to the device. Unit: images.")
                .register(registry);
        this.still = MultiGauge.builder("limner.partition.still.seconds")
                .description(
                        "For how long the oldest open record of a partition has not moved although the device was free."
                                + " Unit: seconds.")
                .register(registry);
        this.unknown = MultiGauge.builder("limner.partition.unknown.seconds")
                .description("For how long what the group has done in a partition is not known. Unit: seconds.")
                .register(registry);
        this.unreadable = MultiGauge.builder("limner.partition.unreadable.seconds")
                .description("For how long a partition stands at a batch that is damaged. Unit: seconds.")
                .register(registry);
        this.failed = Counter.builder("limner.publications.failed")
                .description("Transactions that were not committed; what they held is sent again. Unit: transactions.")
                .register(registry);
        this.stale = Counter.builder("limner.outcomes.stale")
                .description("Outcomes that came too late: their partition belongs to another worker. Unit: outcomes.")
                .register(registry);
        this.images = Counter.builder("limner.images")
                .description("Images whose results were committed. Unit: images.")
                .register(registry);
    }

    /**
     * A gauge that is read when somebody looks.
     *
     * @param help a sentence that says what it is
     * @param unit what it counts in
     */
    public void gauge(String name, String help, String unit, Supplier<Number> value) {
        Gauge.builder(name, value).description(described(help, unit)).register(registry);
    }

    /** One of several gauges of a name, told apart by a tag. */
    public void gauge(String name, String help, String unit, String tag, String tagged, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(described(help, unit))
                .tag(tag, tagged)
                .register(registry);
    }

    private static String described(String help, String unit) {
        return help + " Unit: " + unit + ".";
    }

    /** A job's terminal result was committed. */
    public void published(String status, int pictures) {
        Counter.builder("limner.jobs")
                .description("Jobs whose terminal result was committed, by its status. Unit: jobs.")
                .tag("status", status)
                .register(registry)
                .increment();
        images.increment(pictures);
    }

    /** A micro-batch went through a stage. */
    public void stage(String stage, double millis) {
        Timer.builder("limner.stage")
                .description("What a micro-batch took in a stage of the pipeline. Unit: seconds.")
                .tag("stage", stage)
                .publishPercentiles(0.5, 0.99)
                .register(registry)
                .record(Duration.ofNanos((long) (millis * 1e6)));
    }

    /** A micro-batch was generated. */
    public void batch(int images) {
        batchSizes.record(images);
    }

    /** Time spent in the ledgers, as {@code limner.ledger.seconds}. */
    public void ledger(long nanos) {
        ledger.increment(nanos / 1e9);
    }

    /** A transaction was not committed; what it held is sent again. */
    public void publicationFailed() {
        failed.increment();
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
        stale.increment();
    }
}
