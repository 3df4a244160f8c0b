package dev.limner.worker.store;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Result;
import dev.limner.store.ObjectStore;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import dev.limner.worker.encode.EncodedImage;
import dev.limner.worker.encode.EncodedJob;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.schedule.EachJobAlone;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the images of a micro-batch durable. A batch that the store refuses, or that fails in a way nobody foresaw, is
 * stored job by job: whose images it was shows then. Safe from any thread.
 */
public final class StoreStage {
    private static final Logger LOG = LoggerFactory.getLogger(StoreStage.class);

    private final ObjectStore store;

    /** Takes what became of the jobs of a batch; every one comes once. On the thread that stores. */
    public interface Sink {
        /** All images of these jobs are durable. */
        void stored(MicroBatch<StoredJob> batch);

        /** The worker is stopping. These jobs stay unanswered and are delivered again. */
        void givenUp(MicroBatch<EncodedJob> batch);

        void failed(QueuedJob job, ErrorCode code, RuntimeException why);
    }

    /** What a try to store a batch came to. */
    private sealed interface Attempt {
        record Stored(MicroBatch<StoredJob> batch) implements Attempt {}

        record GivenUp(MicroBatch<EncodedJob> batch) implements Attempt {}
    }

    /** @param store waits by itself while it is unavailable, and gives up only when the worker is stopping */
    public StoreStage(ObjectStore store) {
        this.store = store;
    }

    public void store(MicroBatch<EncodedJob> batch, Sink sink) throws InterruptedException {
        EachJobAlone.take(batch, this::attempt, new EachJobAlone.Sink<>() {
            @Override
            public void done(Attempt attempt) {
                switch (attempt) {
                    case Attempt.Stored(MicroBatch<StoredJob> stored) -> sink.stored(stored);
                    case Attempt.GivenUp(MicroBatch<EncodedJob> left) -> sink.givenUp(left);
                }
            }

            @Override
            public void failed(EncodedJob job, RuntimeException why) {
                sink.failed(
                        job.queued(), why instanceof PermanentException known ? known.code() : ErrorCode.INTERNAL, why);
            }
        });
    }

    private Attempt attempt(MicroBatch<EncodedJob> batch) {
        long start = System.nanoTime();
        List<ObjectStore.StoreObject> objects = new ArrayList<>();
        for (EncodedJob job : batch.jobs()) {
            for (EncodedImage file : job.files()) {
                objects.add(new ObjectStore.StoreObject(file.bytes(), file.sha256(), file.extension()));
            }
        }
        try {
            List<String> uris = store.put(objects);
            return new Attempt.Stored(
                    batch.further(stored(batch, uris), batch.took().withStore(StageMillis.since(start))));
        } catch (RetryableException e) {
            LOG.atWarn()
                    .addKeyValue("batchId", batch.id())
                    .addKeyValue("error", e.toString())
                    .log("batch given up");
            return new Attempt.GivenUp(batch);
        }
    }

    private static List<StoredJob> stored(MicroBatch<EncodedJob> batch, List<String> uris) {
        Iterator<String> next = uris.iterator();
        List<StoredJob> jobs = new ArrayList<>(batch.jobs().size());
        int before = 0;
        for (EncodedJob job : batch.jobs()) {
            List<StoredImage> images = job.files().stream()
                    .map(file -> new StoredImage(file, next.next()))
                    .toList();
            jobs.add(new StoredJob(job, images, new Result.Batch(batch.id(), batch.images(), before)));
            before += images.size();
        }
        return jobs;
    }
}
