package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.store.OutageBreaker;
import dev.limner.store.RetryableException;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.OutOfDeviceMemoryException;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates a micro-batch. One that fails is halved until the jobs that cannot be generated are found; the others are generated in
 * what is left of it. When a single job fails, the device is asked whether it works at all: if not, the job is not at
 * fault and waits until it does. Safe from any thread.
 */
public final class GenerateStage {
    private static final Logger LOG = LoggerFactory.getLogger(GenerateStage.class);
    /** A failure that does not happen again was none of the job's. */
    private static final int TRIES_ALONE = 2;

    private final OutageBreaker device;

    /** Takes what became of the jobs of a batch; every one comes once. */
    public interface Sink {
        void generated(MicroBatch<GeneratedJob> batch) throws InterruptedException;

        /** @param attempts how often it was tried, in batches and alone */
        void failed(QueuedJob job, ErrorCode code, String message, int attempts) throws InterruptedException;
    }

    /** @param device waits while the device works for nobody */
    public GenerateStage(OutageBreaker device) {
        this.device = device;
    }

    /**
     * Generates.
     *
     * @throws RuntimeException if the device has been out of order for too long, or the worker is stopping
     */
    public void generate(MicroBatch<ConditionedJob> batch, BatchedGenerator engine, Sink sink)
            throws InterruptedException {
        new Attempt(engine, sink).generate(batch, 1, 1);
    }

    /** One batch on one engine. */
    private final class Attempt {
        private final BatchedGenerator engine;
        private final Sink sink;

        Attempt(BatchedGenerator engine, Sink sink) {
            this.engine = engine;
            this.sink = sink;
        }

        private void generate(MicroBatch<ConditionedJob> batch, int attempt, int alone) throws InterruptedException {
            MicroBatch<GeneratedJob> generated;
            try {
                generated = once(batch, attempt);
            } catch (RuntimeException e) {
                isolate(batch, attempt, alone, e);
                return;
            }
            sink.generated(generated);
        }

        private void isolate(MicroBatch<ConditionedJob> batch, int attempt, int alone, RuntimeException failure)
                throws InterruptedException {
            int jobs = batch.jobs().size();
            LOG.atWarn()
                    .addKeyValue("batchId", batch.id())
                    .addKeyValue("jobs", jobs)
                    .addKeyValue("error", failure.toString())
                    .log("a batch failed on the device");
            if (jobs > 1) {
                for (MicroBatch<ConditionedJob> half : batch.halves()) {
                    generate(half, attempt + 1, 1);
                }
            } else if (!works()) {
                device.call(this::probe);
                generate(batch, attempt, alone);
            } else if (alone < TRIES_ALONE) {
                generate(batch, attempt + 1, alone + 1);
            } else {
                ErrorCode code = failure instanceof OutOfDeviceMemoryException
                        ? ErrorCode.DEVICE_OUT_OF_MEMORY
                        : ErrorCode.DEVICE_FAILED;
                sink.failed(batch.jobs().get(0).queued(), code, "the device failed: " + failure.getMessage(), attempt);
            }
        }

        private boolean works() {
            try {
                return probe();
            } catch (RetryableException e) {
                LOG.atWarn()
                        .addKeyValue("error", e.toString())
                        .log("the device does not generate what it generated at start");
                return false;
            }
        }

        private boolean probe() {
            try {
                engine.probe();
                return true;
            } catch (RuntimeException e) {
                throw new RetryableException("the device is out of order: " + e.getMessage(), e);
            }
        }

        private MicroBatch<GeneratedJob> once(MicroBatch<ConditionedJob> batch, int attempt) {
            long start = System.nanoTime();
            List<RenderRequest> requests = new ArrayList<>();
            batch.jobs().forEach(job -> requests.addAll(requests(job)));
            List<Pixels> all = engine.generate(requests);
            if (all.size() != requests.size()) {
                throw new IllegalStateException(all.size() + " images for " + requests.size() + " requests");
            }
            List<GeneratedJob> jobs = new ArrayList<>(batch.jobs().size());
            int at = 0;
            for (ConditionedJob job : batch.jobs()) {
                int images = job.queued().images();
                jobs.add(new GeneratedJob(job, all.subList(at, at + images), engine.model(), attempt));
                at += images;
            }
            return batch.further(jobs, batch.took().withDevice(StageMillis.since(start)));
        }

        private static List<RenderRequest> requests(ConditionedJob conditioned) {
            QueuedJob queued = conditioned.queued();
            Job job = queued.job();
            List<RenderRequest> requests = new ArrayList<>(queued.images());
            for (int index = 0; index < queued.images(); index++) {
                requests.add(new RenderRequest(
                        conditioned.conditions(), job.seed(), queued.first() + index, job.truncation()));
            }
            return requests;
        }
    }
}
