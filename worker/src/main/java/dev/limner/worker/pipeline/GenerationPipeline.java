package dev.limner.worker.pipeline;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.condition.TextStage;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.encode.EncodedJob;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.health.StageWatch;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.job.Task;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.schedule.EachJobAlone;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.schedule.UnwantedJobs;
import dev.limner.worker.store.StoreStage;
import dev.limner.worker.store.StoredJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes micro-batches through text, device, encoding and store, the stages side by side: while batch N is on the device,
 * N-1 is encoded and stored and N+1 is embedded. Queues between stages hold one batch; a full one makes {@link #accepts}
 * false, and the control thread pauses its partitions.
 *
 * <p>Outcomes are put into the completion queue from the stages' threads, each record's exactly once, and only after its
 * images are durable, those of all its parts if it is spread over several batches. A stage that fails on a batch tries
 * its jobs one by one, so that none suffers from another.
 */
final class GenerationPipeline {
    private final Stages stages;
    private final OutcomePublications outcomes;
    private final WorkerMetrics metrics;
    private final CompletionQueue completions;
    private final SplitJobs splits;
    private final CrashPoint.Watch watch;
    private final UnwantedJobs unwanted;
    private final BlockingQueue<Leased<QueuedJob>> toText = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Leased<ConditionedJob>> toDevice = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<MicroBatch<GeneratedJob>> toEncode = new ArrayBlockingQueue<>(2);
    private final BlockingQueue<MicroBatch<EncodedJob>> toStore = new ArrayBlockingQueue<>(2);
    private final AtomicLong generatedImages = new AtomicLong();
    private final StageEnds ends;
    private final StageRunners runners;
    private volatile @Nullable LastBatch last;

    /** The last micro-batch the device generated. */
    record LastBatch(int images, double deviceMillis) {}

    /** What does the work. */
    record Stages(GenerateStage generate, EncodeStage encode, StoreStage store) {}

    /** Work and the model it is done with; whoever ends the work ends the lease. */
    private record Leased<T extends Task>(MicroBatch<T> batch, ModelCatalog.Lease lease) {}

    /**
     * @param unwanted asked right before the device
     * @param errors hears of a stage that an {@link Error} ends
     */
    GenerationPipeline(
            StageThreads threads,
            Stages stages,
            OutcomePublications outcomes,
            WorkerMetrics metrics,
            CompletionQueue completions,
            SplitJobs splits,
            CrashPoint.Watch watch,
            UnwantedJobs unwanted,
            FatalErrors errors) {
        this.stages = stages;
        this.outcomes = outcomes;
        this.metrics = metrics;
        this.completions = completions;
        this.splits = splits;
        this.watch = watch;
        this.unwanted = unwanted;
        this.ends = new StageEnds(outcomes, splits, completions);
        // A stage less would look like a device that is slow: the worker ends instead, its jobs are delivered again.
        this.runners = new StageRunners(errors, completions::fail);
        runners.start("text", threads.text(), toText, this::prepare);
        runners.start("device", threads.device(), toDevice, this::generate);
        runners.start("encode", threads.encode(), toEncode, this::encode);
        runners.start("store", threads.store(), toStore, batch -> stages.store.store(batch, new Stored()));
    }

    /** How long the stages' threads have been at what they do. */
    List<StageWatch> stages() {
        return runners.watches();
    }

    /** Whether all stages have all of their threads. Safe from any thread. */
    boolean alive() {
        return runners.alive();
    }

    /** Whether a batch could be submitted now. Control thread only. */
    boolean accepts() {
        return toText.isEmpty();
    }

    /** Whether nothing is on its way. */
    boolean idle() {
        return ends.inFlight() == 0;
    }

    /** Jobs and parts of jobs on their way. */
    int inFlight() {
        return ends.inFlight();
    }

    @Nullable
    LastBatch last() {
        return last;
    }

    /** Images generated, whatever became of them. */
    long generatedImages() {
        return generatedImages.get();
    }

    /**
     * Hands a batch in; only when {@link #accepts()}. Control thread only.
     *
     * @param lease on the batch's model; ended here when the device has done with it
     */
    void submit(MicroBatch<QueuedJob> batch, ModelCatalog.Lease lease) {
        ends.began(batch.jobs().size());
        if (!toText.offer(new Leased<>(batch, lease))) {
            throw new IllegalStateException("batch " + batch.id() + " was submitted to a full pipeline");
        }
    }

    private void prepare(Leased<QueuedJob> leased) throws InterruptedException {
        // The control thread may submit the next one.
        completions.signal();
        try (ModelCatalog.Lease lease = leased.lease()) {
            EachJobAlone.take(
                    leased.batch(), batch -> TextStage.prepare(batch, lease.model()), new EachJobAlone.Sink<>() {
                        @Override
                        public void done(MicroBatch<ConditionedJob> batch) throws InterruptedException {
                            metrics.stage("text", batch.took().text());
                            toDevice.put(new Leased<>(batch, lease.shared()));
                        }

                        @Override
                        public void failed(QueuedJob job, RuntimeException why) {
                            ends.failed(job, ErrorCode.INTERNAL, why);
                        }
                    });
        }
    }

    private void generate(Leased<ConditionedJob> leased) throws InterruptedException {
        try (ModelCatalog.Lease lease = leased.lease()) {
            MicroBatch<ConditionedJob> wanted = wanted(leased.batch());
            if (!wanted.jobs().isEmpty()) {
                stages.generate.generate(wanted, lease.model().engine(), new Generated(lease.model()));
            }
        }
    }

    /** What the device did with a model. */
    private final class Generated implements GenerateStage.Sink {
        private final LoadedModel model;

        Generated(LoadedModel model) {
            this.model = model;
        }

        @Override
        public void generated(MicroBatch<GeneratedJob> batch) throws InterruptedException {
            int images = batch.images();
            last = new LastBatch(images, batch.took().device());
            metrics.stage("device", batch.took().device());
            metrics.batch(images);
            generatedImages.addAndGet(images);
            model.completed((int)
                    batch.jobs().stream().filter(job -> job.queued().last()).count());
            toEncode.put(batch);
        }

        @Override
        public void failed(QueuedJob job, ErrorCode code, String message, int attempts) {
            model.failed();
            ends.failed(job, code, message, attempts);
        }
    }

    /** The last look at deadlines and cancellations before the device spends time. */
    private MicroBatch<ConditionedJob> wanted(MicroBatch<ConditionedJob> batch) {
        Instant now = outcomes.now();
        List<ConditionedJob> kept = new ArrayList<>();
        for (ConditionedJob job : batch.jobs()) {
            Optional<Publication> answer = unwanted.answer(job.queued(), now);
            if (!splits.isOpen(job.queued())) {
                ends.dropped(1);
            } else if (answer.isPresent()) {
                ends.answered(job.queued(), answer.get());
            } else {
                kept.add(job);
            }
        }
        return batch.keeping(kept);
    }

    private void encode(MicroBatch<GeneratedJob> generated) throws InterruptedException {
        watch.reached(CrashPoint.AFTER_IMAGE);
        EachJobAlone.take(generated, stages.encode::encode, new EachJobAlone.Sink<>() {
            @Override
            public void done(MicroBatch<EncodedJob> batch) throws InterruptedException {
                metrics.stage("encode", batch.took().encode());
                toStore.put(batch);
            }

            @Override
            public void failed(GeneratedJob job, RuntimeException why) {
                ends.failed(job.queued(), ErrorCode.INTERNAL, why);
            }
        });
    }

    /** What became of a batch in the store. */
    private final class Stored implements StoreStage.Sink {
        @Override
        public void stored(MicroBatch<StoredJob> batch) {
            watch.reached(CrashPoint.AFTER_STORE);
            long storedNanos = System.nanoTime();
            metrics.stage("store", batch.took().store());
            ends.stored(batch, storedNanos);
        }

        @Override
        public void givenUp(MicroBatch<EncodedJob> batch) {
            ends.dropped(batch.jobs().size());
        }

        @Override
        public void failed(QueuedJob job, ErrorCode code, RuntimeException why) {
            ends.failed(job, code, why);
        }
    }

    /**
     * Stops the stages; what is still on its way is dropped.
     *
     * @return whether all have ended; if not, what they use must not be closed
     */
    boolean close(StopBudget budget) {
        return runners.close(budget);
    }
}
