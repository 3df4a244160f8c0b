package dev.limner.worker.pipeline;

import dev.limner.store.OutageBreaker;
import dev.limner.worker.admit.PendingWork;
import dev.limner.worker.health.ProgressWatch;
import dev.limner.worker.health.StageWatch;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.publish.CommitScheduler;
import java.util.function.Supplier;

/** What a worker shows of itself when somebody looks: every gauge of the pipeline, with what it says. */
final class WorkerGauges {
    private static final String FLAG = "1 for yes, 0 for no";

    private final WorkerMetrics metrics;

    WorkerGauges(WorkerMetrics metrics) {
        this.metrics = metrics;
    }

    void circuits(OutageBreaker store, OutageBreaker device) {
        circuit("store", store);
        circuit("device", device);
        metrics.gauge(
                "limner.circuit.needs.operator",
                "Whether work waits for something that does not pass by itself.",
                FLAG,
                "what",
                "store",
                () -> flag(store.needsOperator()));
    }

    private void circuit(String what, OutageBreaker breaker) {
        metrics.gauge(
                "limner.circuit.open",
                "Whether work waits because the store or the device does not take it.",
                FLAG,
                "what",
                what,
                () -> flag(breaker.open()));
    }

    void models(ModelCatalog models) {
        metrics.gauge(
                "limner.batch.largest",
                "The largest micro-batch that the device takes.",
                "images",
                () -> models.serving().engine().largestBatch());
    }

    void progress(ProgressWatch progress) {
        metrics.gauge(
                "limner.progress",
                "Whether everything moves that should move.",
                FLAG,
                () -> flag(progress.reasons().isEmpty()));
        metrics.gauge(
                "limner.brokers.silent.seconds",
                "For how long no broker has answered.",
                "seconds",
                () -> progress.silence().toMillis() / 1e3);
    }

    void stages(GenerationPipeline pipeline) {
        pipeline.stages().forEach(this::stage);
    }

    private void stage(StageWatch stage) {
        metrics.gauge(
                "limner.stage.step.seconds",
                "For how long a stage has been at what it does now.",
                "seconds",
                "stage",
                stage.stage(),
                () -> stage.longest(System.nanoTime()).toMillis() / 1e3);
    }

    /**
     * @param waiting jobs
     * @param owned partitions
     * @param recovering partitions
     */
    void records(
            Supplier<Number> waiting,
            PendingWork pending,
            Supplier<Number> owned,
            Supplier<Number> recovering,
            GenerationPipeline pipeline,
            CommitScheduler committer) {
        metrics.gauge("limner.jobs.waiting", "Jobs that are read and wait for a micro-batch.", "jobs", waiting);
        metrics.gauge(
                "limner.pending.bytes",
                "Records that are held until they have their results.",
                "bytes",
                pending::bytes);
        metrics.gauge("limner.partitions.owned", "Partitions that this worker takes jobs from.", "partitions", owned);
        metrics.gauge(
                "limner.partitions.recovering",
                "Partitions of which it is not yet known what is done in them.",
                "partitions",
                recovering);
        metrics.gauge(
                "limner.jobs.inflight", "Jobs between their micro-batch and the store.", "jobs", pipeline::inFlight);
        metrics.gauge(
                "limner.publications.failed.row",
                "Transactions that failed one after another, up to now.",
                "transactions",
                () -> committer.state().failures());
    }

    private static int flag(boolean yes) {
        return yes ? 1 : 0;
    }
}
