package dev.limner.worker.pipeline;

import dev.limner.generator.text.CaptionEncoding;
import dev.limner.protocol.ErrorCode;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.encode.EncodedBatch;
import dev.limner.worker.encode.EncodedBatch.EncodedImage;
import dev.limner.worker.fault.PermanentException;
import dev.limner.worker.generate.DrawnBatch;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.QueuedJob;
import dev.limner.worker.store.ImageStore;
import dev.limner.worker.text.PreparedBatch;
import dev.limner.worker.text.TextStage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes micro-batches through text, device, encoding and store, the stages side by side: while batch N is on the device,
 * N-1 is encoded and stored and N+1 is embedded. Queues between stages hold one batch; a full one makes {@link #accepts}
 * false, and the control thread pauses its partitions.
 *
 * <p>Outcomes are put into the mailbox from the stages' threads, each record's exactly once, and only after its
 * pictures are durable.
 */
final class GenerationPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationPipeline.class);

    private final TextStage text;
    private final GenerateStage generate;
    private final EncodeStage encode;
    private final ImageStore store;
    private final Outcomes outcomes;
    private final WorkerMetrics metrics;
    private final Mailbox mailbox;
    private final BlockingQueue<MicroBatch> toText = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<PreparedBatch> toDevice = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<DrawnBatch> toEncode = new ArrayBlockingQueue<>(2);
    private final BlockingQueue<EncodedBatch> toStore = new ArrayBlockingQueue<>(2);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Thread> running = new ArrayList<>();
    private volatile @Nullable LastBatch last;

    /** The last micro-batch the device drew. */
    record LastBatch(int images, double deviceMillis) {}

    GenerationPipeline(
            StageThreads threads,
            TextStage text,
            GenerateStage generate,
            EncodeStage encode,
            ImageStore store,
            Outcomes outcomes,
            WorkerMetrics metrics,
            Mailbox mailbox) {
        this.text = text;
        this.generate = generate;
        this.encode = encode;
        this.store = store;
        this.outcomes = outcomes;
        this.metrics = metrics;
        this.mailbox = mailbox;
        start("limner-text", threads.text(), toText, this::prepare);
        start("limner-device", threads.device(), toDevice, this::draw);
        start("limner-encode", threads.encode(), toEncode, this::encode);
        start("limner-store", threads.store(), toStore, this::store);
    }

    /** One step of one stage; interruption ends the thread. */
    @FunctionalInterface
    private interface Step<T> {
        void take(T input) throws InterruptedException;
    }

    private <T> void start(String name, int count, BlockingQueue<T> queue, Step<T> step) {
        Thread.Builder builder = Thread.ofPlatform().name(name + "-", 0).daemon();
        for (int i = 0; i < count; i++) {
            running.add(builder.start(() -> {
                try {
                    while (true) {
                        step.take(queue.take());
                    }
                } catch (InterruptedException e) {
                    LOG.debug("stage stopped");
                }
            }));
        }
    }

    /** Whether a batch could be submitted now. Control thread only. */
    boolean accepts() {
        return toText.isEmpty();
    }

    /** Whether nothing is on its way. */
    boolean idle() {
        return inFlight.get() == 0;
    }

    /** Batches on their way. */
    int inFlight() {
        return inFlight.get();
    }

    @Nullable
    LastBatch last() {
        return last;
    }

    /** Hands a batch in; only when {@link #accepts()}. Control thread only. */
    void submit(MicroBatch batch) {
        inFlight.incrementAndGet();
        if (!toText.offer(batch)) {
            inFlight.decrementAndGet();
            throw new IllegalStateException("batch " + batch.id() + " was submitted to a full pipeline");
        }
    }

    private void prepare(MicroBatch batch) throws InterruptedException {
        // The control thread may submit the next one.
        mailbox.ring();
        PreparedBatch prepared;
        try {
            prepared = text.prepare(batch);
        } catch (RuntimeException e) {
            fail(batch, ErrorCode.INTERNAL, e);
            return;
        }
        metrics.stage("text", prepared.textMillis());
        toDevice.put(prepared);
    }

    private void draw(PreparedBatch prepared) throws InterruptedException {
        PreparedBatch wanted = withoutExpired(prepared);
        if (wanted.batch().jobs().isEmpty()) {
            inFlight.decrementAndGet();
            mailbox.ring();
            return;
        }
        DrawnBatch drawn;
        try {
            drawn = generate.draw(wanted);
        } catch (PermanentException e) {
            fail(wanted.batch(), e.code(), e);
            return;
        } catch (RuntimeException e) {
            fail(wanted.batch(), ErrorCode.INTERNAL, e);
            return;
        }
        last = new LastBatch(wanted.batch().images(), drawn.deviceMillis());
        metrics.stage("device", drawn.deviceMillis());
        metrics.batch(wanted.batch().images());
        toEncode.put(drawn);
    }

    /** The last look at deadlines before the device spends time. */
    private PreparedBatch withoutExpired(PreparedBatch prepared) {
        Instant now = Instant.now();
        List<QueuedJob> jobs = prepared.batch().jobs();
        if (jobs.stream().noneMatch(queued -> queued.expired(now))) {
            return prepared;
        }
        List<QueuedJob> keptJobs = new ArrayList<>();
        List<CaptionEncoding> keptEncodings = new ArrayList<>();
        List<Finished> expired = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            QueuedJob queued = jobs.get(i);
            Instant deadline = queued.job().deadline();
            if (deadline != null && queued.expired(now)) {
                expired.add(new Finished(queued.ref(), outcomes.expired(queued, deadline)));
            } else {
                keptJobs.add(queued);
                keptEncodings.add(prepared.encodings().get(i));
            }
        }
        mailbox.put(expired);
        MicroBatch batch = prepared.batch();
        return new PreparedBatch(
                new MicroBatch(batch.id(), keptJobs, batch.formedNanos()), keptEncodings, prepared.textMillis());
    }

    private void encode(DrawnBatch drawn) throws InterruptedException {
        EncodedBatch encoded;
        try {
            encoded = encode.encode(drawn);
        } catch (RuntimeException e) {
            fail(drawn.prepared().batch(), ErrorCode.INTERNAL, e);
            return;
        }
        metrics.stage("encode", encoded.encodeMillis());
        toStore.put(encoded);
    }

    private void store(EncodedBatch encoded) {
        long start = System.nanoTime();
        List<ImageStore.StoreObject> objects = new ArrayList<>();
        for (List<EncodedImage> images : encoded.pictures()) {
            for (EncodedImage image : images) {
                objects.add(new ImageStore.StoreObject(image.bytes(), image.sha256(), image.extension()));
            }
        }
        MicroBatch batch = encoded.drawn().prepared().batch();
        List<String> uris;
        try {
            uris = store.put(objects);
        } catch (PermanentException e) {
            fail(batch, e.code(), e);
            return;
        } catch (RuntimeException e) {
            // Only a stopping worker gives up on its store. Its jobs stay unanswered and are delivered again.
            LOG.atWarn()
                    .addKeyValue("batchId", batch.id())
                    .addKeyValue("error", e.toString())
                    .log("batch given up");
            return;
        }
        long stored = System.nanoTime();
        double storeMillis = (stored - start) / 1e6;
        metrics.stage("store", storeMillis);
        List<Finished> done = new ArrayList<>();
        int at = 0;
        for (int position = 0; position < batch.jobs().size(); position++) {
            QueuedJob queued = batch.jobs().get(position);
            int count = queued.job().count();
            Publication publication =
                    outcomes.completed(encoded, position, uris.subList(at, at + count), storeMillis, stored);
            done.add(new Finished(queued.ref(), publication));
            at += count;
        }
        finish(done);
    }

    private void fail(MicroBatch batch, ErrorCode code, RuntimeException failure) {
        LOG.atError()
                .addKeyValue("batchId", batch.id())
                .addKeyValue("code", code.wireName())
                .setCause(failure)
                .log("batch failed");
        finish(batch.jobs().stream()
                .map(queued ->
                        new Finished(queued.ref(), outcomes.failed(queued, code, String.valueOf(failure.getMessage()))))
                .toList());
    }

    private void finish(List<Finished> done) {
        // In this order: whoever finds the pipeline idle must find its last outcomes too.
        mailbox.put(done);
        inFlight.decrementAndGet();
        mailbox.ring();
    }

    /** Stops the stages; what is still on its way is dropped. */
    @Override
    public void close() {
        running.forEach(Thread::interrupt);
        for (Thread thread : running) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
