package dev.limner.worker.pipeline;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import dev.limner.worker.condition.PreparedBatch;
import dev.limner.worker.condition.TextStage;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.encode.EncodedBatch;
import dev.limner.worker.encode.EncodedBatch.EncodedImage;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.generate.GeneratedBatch;
import dev.limner.worker.generate.LoadedModel;
import dev.limner.worker.generate.ModelCatalog;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.QueuedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(GenerationPipeline.class);

    private final Stages stages;
    private final OutcomePublications outcomes;
    private final WorkerMetrics metrics;
    private final CompletionQueue completions;
    private final SplitJobs splits;
    private final CrashPoint.Watch watch;
    private final BiFunction<QueuedJob, Instant, Optional<Publication>> unwanted;
    private final BlockingQueue<Leased<MicroBatch>> toText = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Leased<PreparedBatch>> toDevice = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<GeneratedBatch> toEncode = new ArrayBlockingQueue<>(2);
    private final BlockingQueue<EncodedBatch> toStore = new ArrayBlockingQueue<>(2);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong generatedImages = new AtomicLong();
    private final FatalErrors errors;
    private final List<Thread> running = new ArrayList<>();
    private final List<StageWatch> watches = new ArrayList<>();
    private volatile @Nullable LastBatch last;

    /** The last micro-batch the device generated. */
    record LastBatch(int images, double deviceMillis) {}

    /** What does the work. */
    record Stages(GenerateStage generate, EncodeStage encode, ObjectStore store) {}

    /** Work and the model it is done with; whoever ends the work ends the lease. */
    private record Leased<T>(T work, ModelCatalog.Lease lease) {
        LoadedModel model() {
            return lease.model();
        }
    }

    /**
     * @param unwanted the answer to a job that nobody wants generated any more; asked right before the device
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
            BiFunction<QueuedJob, Instant, Optional<Publication>> unwanted,
            FatalErrors errors) {
        this.stages = stages;
        this.outcomes = outcomes;
        this.metrics = metrics;
        this.completions = completions;
        this.splits = splits;
        this.watch = watch;
        this.unwanted = unwanted;
        this.errors = errors;
        start("limner-text", threads.text(), toText, this::prepare);
        start("limner-device", threads.device(), toDevice, this::generate);
        start("limner-encode", threads.encode(), toEncode, this::encode);
        start("limner-store", threads.store(), toStore, this::store);
    }

    /** One step of one stage; interruption ends the thread. */
    @FunctionalInterface
    private interface Step<T> {
        void take(T input) throws InterruptedException;
    }

    private <T> void start(String name, int count, BlockingQueue<T> queue, Step<T> step) {
        StageWatch stage = new StageWatch(name.substring(name.indexOf('-') + 1), count);
        watches.add(stage);
        for (int i = 0; i < count; i++) {
            int number = i;
            Thread thread = errors.thread(name + "-" + number, () -> serve(queue, step, stage, number));
            running.add(thread);
            thread.start();
        }
    }

    private <T> void serve(BlockingQueue<T> queue, Step<T> step, StageWatch stage, int number) {
        try {
            while (true) {
                T input = queue.take();
                stage.began(number, System.nanoTime());
                step.take(input);
                stage.ended(number);
            }
        } catch (InterruptedException e) {
            LOG.debug("stage stopped");
        } catch (RuntimeException e) {
            // A stage less would look like a device that is slow: the worker ends instead, its jobs are delivered
            // again.
            completions.fail(e);
        }
    }

    /** How long the stages' threads have been at what they do. */
    List<StageWatch> stages() {
        return List.copyOf(watches);
    }

    /** Whether all stages have all of their threads. Safe from any thread. */
    boolean alive() {
        return running.stream().allMatch(Thread::isAlive);
    }

    /** Whether a batch could be submitted now. Control thread only. */
    boolean accepts() {
        return toText.isEmpty();
    }

    /** Whether nothing is on its way. */
    boolean idle() {
        return inFlight.get() == 0;
    }

    /** Jobs and parts of jobs on their way. */
    int inFlight() {
        return inFlight.get();
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
    void submit(MicroBatch batch, ModelCatalog.Lease lease) {
        inFlight.addAndGet(batch.jobs().size());
        if (!toText.offer(new Leased<>(batch, lease))) {
            throw new IllegalStateException("batch " + batch.id() + " was submitted to a full pipeline");
        }
    }

    private void prepare(Leased<MicroBatch> leased) throws InterruptedException {
        // The control thread may submit the next one.
        completions.signal();
        List<PreparedBatch> prepared = prepared(leased.work(), leased.model());
        if (prepared.isEmpty()) {
            leased.lease().close();
        }
        for (int i = 0; i < prepared.size(); i++) {
            metrics.stage("text", prepared.get(i).textMillis());
            // The first parts of a batch that was taken apart leave the lease to the last.
            boolean last = i == prepared.size() - 1;
            toDevice.put(new Leased<>(
                    prepared.get(i), last ? leased.lease() : leased.lease().shared()));
        }
    }

    /** The batch, or, if something in it cannot be embedded, those of its jobs that can, each for itself. */
    private List<PreparedBatch> prepared(MicroBatch batch, LoadedModel model) {
        try {
            return List.of(TextStage.prepare(batch, model.encoder()));
        } catch (RuntimeException e) {
            if (batch.jobs().size() == 1) {
                fail(batch.jobs().get(0), ErrorCode.INTERNAL, e);
                return List.of();
            }
            List<PreparedBatch> parts = new ArrayList<>();
            for (int i = 0; i < batch.jobs().size(); i++) {
                parts.addAll(prepared(batch.part(i, i + 1, i + 1), model));
            }
            return parts;
        }
    }

    private void generate(Leased<PreparedBatch> leased) throws InterruptedException {
        try (ModelCatalog.Lease lease = leased.lease()) {
            PreparedBatch wanted = wanted(leased.work());
            if (!wanted.encodings().isEmpty()) {
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
        public void generated(GeneratedBatch batch) throws InterruptedException {
            int images = batch.prepared().batch().images();
            last = new LastBatch(images, batch.deviceMillis());
            metrics.stage("device", batch.deviceMillis());
            metrics.batch(images);
            generatedImages.addAndGet(images);
            model.completed((int) batch.prepared().batch().jobs().stream()
                    .filter(QueuedJob::last)
                    .count());
            toEncode.put(batch);
        }

        @Override
        public void failed(QueuedJob job, ErrorCode code, String message, int attempts) {
            model.failed();
            finish(job, outcomes.failed(job, code, message, attempts));
        }
    }

    /** The last look at deadlines and cancellations before the device spends time. */
    private PreparedBatch wanted(PreparedBatch prepared) {
        Instant now = outcomes.now();
        List<QueuedJob> jobs = prepared.batch().jobs();
        List<QueuedJob> keptJobs = new ArrayList<>();
        List<CaptionEncoding> keptEncodings = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            QueuedJob queued = jobs.get(i);
            Optional<Publication> answer = unwanted.apply(queued, now);
            if (!splits.isOpen(queued)) {
                drop(1);
            } else if (answer.isPresent()) {
                finish(queued, answer.get());
            } else {
                keptJobs.add(queued);
                keptEncodings.add(prepared.encodings().get(i));
            }
        }
        if (keptJobs.size() == jobs.size()) {
            return prepared;
        }
        return new PreparedBatch(prepared.batch().keeping(keptJobs), keptEncodings, prepared.textMillis());
    }

    private void encode(GeneratedBatch generated) throws InterruptedException {
        watch.reached(CrashPoint.AFTER_IMAGE);
        EncodedBatch encoded;
        try {
            encoded = stages.encode.encode(generated);
        } catch (RuntimeException e) {
            List<QueuedJob> jobs = generated.prepared().batch().jobs();
            if (jobs.size() == 1) {
                fail(jobs.get(0), ErrorCode.INTERNAL, e);
                return;
            }
            for (int i = 0; i < jobs.size(); i++) {
                encode(generated.part(i, i + 1, i + 1));
            }
            return;
        }
        metrics.stage("encode", encoded.encodeMillis());
        toStore.put(encoded);
    }

    private void store(EncodedBatch encoded) {
        long start = System.nanoTime();
        List<ObjectStore.StoreObject> objects = new ArrayList<>();
        for (List<EncodedImage> images : encoded.images()) {
            for (EncodedImage image : images) {
                objects.add(new ObjectStore.StoreObject(image.bytes(), image.sha256(), image.extension()));
            }
        }
        MicroBatch batch = encoded.generated().prepared().batch();
        List<String> uris;
        try {
            uris = stages.store.put(objects);
        } catch (RetryableException e) {
            // Only a stopping worker gives up on its store. Its jobs stay unanswered and are delivered again.
            LOG.atWarn()
                    .addKeyValue("batchId", batch.id())
                    .addKeyValue("error", e.toString())
                    .log("batch given up");
            drop(batch.jobs().size());
            return;
        } catch (RuntimeException e) {
            // Refused, or a failure nobody foresaw: whose images it was shows when each is stored alone.
            if (batch.jobs().size() == 1) {
                fail(batch.jobs().get(0), e instanceof PermanentException known ? known.code() : ErrorCode.INTERNAL, e);
                return;
            }
            for (int i = 0; i < batch.jobs().size(); i++) {
                store(encoded.part(i, i + 1, i + 1));
            }
            return;
        }
        watch.reached(CrashPoint.AFTER_STORE);
        long stored = System.nanoTime();
        double storeMillis = (stored - start) / 1e6;
        metrics.stage("store", storeMillis);
        List<FinishedRecord> done = new ArrayList<>();
        int at = 0;
        for (int position = 0; position < batch.jobs().size(); position++) {
            QueuedJob queued = batch.jobs().get(position);
            int count = queued.images();
            Publication publication =
                    outcomes.completed(encoded, position, uris.subList(at, at + count), storeMillis, stored);
            splits.stored(queued, publication).ifPresent(whole -> done.add(new FinishedRecord(queued.ref(), whole)));
            at += count;
        }
        finish(done, batch.jobs().size());
    }

    private void fail(QueuedJob job, ErrorCode code, RuntimeException failure) {
        LOG.atError()
                .addKeyValue("jobId", job.job().id())
                .addKeyValue("code", code.wireName())
                .setCause(failure)
                .log("job failed");
        finish(job, outcomes.failed(job, code, String.valueOf(failure.getMessage()), 1));
    }

    /** A job, or a part of one, has an outcome other than its images. */
    private void finish(QueuedJob job, Publication publication) {
        finish(splits.decides(job) ? List.of(new FinishedRecord(job.ref(), publication)) : List.of(), 1);
    }

    /** @param entries of batches that end here, among them those of which nothing is to be told */
    private void finish(List<FinishedRecord> done, int entries) {
        // In this order: whoever finds the pipeline idle must find its last outcomes too.
        completions.put(done);
        drop(entries);
    }

    private void drop(int entries) {
        inFlight.addAndGet(-entries);
        completions.signal();
    }

    /**
     * Stops the stages; what is still on its way is dropped.
     *
     * @return whether all have ended; if not, what they use must not be closed
     */
    boolean close(StopBudget budget) {
        running.forEach(Thread::interrupt);
        return ParallelClose.join(budget, running);
    }
}
