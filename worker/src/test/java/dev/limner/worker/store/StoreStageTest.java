package dev.limner.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Conditions;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.store.ObjectStore;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.encode.EncodedImage;
import dev.limner.worker.encode.EncodedJob;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoreStageTest {
    private static final Result.Model MODEL = new Result.Model("default", "d".repeat(64));

    private final Map<String, RuntimeException> trouble = new HashMap<>();
    private final List<Integer> puts = new ArrayList<>();
    private final List<MicroBatch<StoredJob>> stored = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final Map<String, ErrorCode> failed = new HashMap<>();

    @Test
    void shouldNameEveryImageOfEveryJobAndItsPlace() throws InterruptedException {
        store(job("a", 0, 2), job("b", 4, 3));

        assertThat(stored).hasSize(1);
        MicroBatch<StoredJob> batch = stored.get(0);
        assertThat(puts).containsExactly(5);
        assertThat(batch.jobs())
                .extracting(StoredJob::place)
                .containsExactly(place("batch", 5, 0), place("batch", 5, 2));
        List<Outcome.ImageRef> images =
                batch.jobs().get(1).completion(batch, System.nanoTime()).images();
        assertThat(images).extracting(Outcome.ImageRef::uri).containsExactly("memory:b-4", "memory:b-5", "memory:b-6");
        assertThat(images).extracting(Outcome.ImageRef::index).containsExactly(4, 5, 6);
        assertThat(images).extracting(Outcome.ImageRef::seed).containsOnly(7L);
        assertThat(images).extracting(Outcome.ImageRef::pixelsSha256).containsExactly("p-b-4", "p-b-5", "p-b-6");
    }

    @Test
    void shouldTellWhatTheStagesTook() throws InterruptedException {
        store(job("a", 0, 1));

        Result.Timings timings = stored.get(0)
                .jobs()
                .get(0)
                .completion(stored.get(0), System.nanoTime())
                .timings();
        assertThat(timings.queued()).isEqualTo(12.35);
        assertThat(timings.batched()).isEqualTo(3);
        assertThat(timings.text()).isEqualTo(1.5);
        assertThat(timings.device()).isEqualTo(2.5);
        assertThat(timings.encode()).isEqualTo(3.5);
    }

    @Test
    void shouldStoreEachAloneWhenOneIsRefused() throws InterruptedException {
        trouble.put("b-0", new PermanentException(ErrorCode.STORE_REJECTED, "no", new IOException("no")));

        store(job("a", 0, 1), job("b", 0, 1), job("c", 0, 2));

        assertThat(failed).containsExactly(Map.entry("b", ErrorCode.STORE_REJECTED));
        assertThat(ids()).containsExactly("a", "c");
        assertThat(stored.get(1).jobs().get(0).place()).isEqualTo(place("batch.3", 2, 0));
        assertThat(givenUp).isEmpty();
    }

    @Test
    void shouldFailAllThatAreRefusedEachWithItsOwnReason() throws InterruptedException {
        trouble.put("a-0", new PermanentException(ErrorCode.STORE_REJECTED, "no", new IOException("no")));
        trouble.put("b-0", new IllegalStateException("nobody foresaw this"));

        store(job("a", 0, 1), job("b", 0, 1));

        assertThat(failed).containsOnly(Map.entry("a", ErrorCode.STORE_REJECTED), Map.entry("b", ErrorCode.INTERNAL));
        assertThat(stored).isEmpty();
    }

    /** The outage is nobody's fault: trying each alone would make the shutdown wait once for every job. */
    @Test
    void shouldGiveUpAWholeBatchWhenTheStoreIsUnavailable() throws InterruptedException {
        trouble.put("b-0", new RetryableException("stopping", new IOException("away")));

        store(job("a", 0, 1), job("b", 0, 1), job("c", 0, 1));

        assertThat(puts).containsExactly(3);
        assertThat(givenUp).containsExactly("a", "b", "c");
        assertThat(failed).isEmpty();
        assertThat(stored).isEmpty();
    }

    @Test
    void shouldAnswerTheOthersWhenTheStoreIsUnavailableForOneOfThoseTriedAlone() throws InterruptedException {
        trouble.put("a-0", new PermanentException(ErrorCode.STORE_REJECTED, "no", new IOException("no")));
        trouble.put("b-0", new RetryableException("stopping", new IOException("away")));

        store(job("a", 0, 1), job("b", 0, 1), job("c", 0, 1));

        assertThat(failed).containsOnlyKeys("a");
        assertThat(givenUp).containsExactly("b");
        assertThat(ids()).containsExactly("c");
    }

    private void store(EncodedJob... jobs) throws InterruptedException {
        new StoreStage(new Troubled())
                .store(
                        new MicroBatch<>(
                                "batch",
                                new ModelRoute.Ready("d"),
                                List.of(jobs),
                                5_000_000,
                                new StageMillis(1.5, 2.5, 3.5, 0)),
                        new StoreStage.Sink() {
                            @Override
                            public void stored(MicroBatch<StoredJob> batch) {
                                stored.add(batch);
                            }

                            @Override
                            public void givenUp(MicroBatch<EncodedJob> batch) {
                                batch.jobs()
                                        .forEach(job ->
                                                givenUp.add(job.queued().job().id()));
                            }

                            @Override
                            public void failed(QueuedJob job, ErrorCode code, RuntimeException why) {
                                assertThat(failed.put(job.job().id(), code)).isNull();
                            }
                        });
    }

    private List<String> ids() {
        return stored.stream()
                .flatMap(batch -> batch.jobs().stream())
                .map(job -> job.queued().job().id())
                .toList();
    }

    private static Result.Batch place(String batch, int images, int before) {
        return new Result.Batch(batch, images, before);
    }

    private static EncodedJob job(String id, int first, int images) {
        QueuedJob queued = new QueuedJob(
                new RecordRef(new PartitionRef("jobs", 0), 0, 1),
                new OriginalRecord(null, null, List.of(), 0),
                new Job(id, "a", 7, 8, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, null, null, null, null),
                2_000_000,
                12.345,
                first,
                images);
        List<EncodedImage> files = IntStream.range(first, first + images)
                .mapToObj(index -> id + "-" + index)
                .map(name -> new EncodedImage(
                        Integer.parseInt(name.substring(2)), new byte[1], name, "p-" + name, "image/png", "png", 1, 1))
                .toList();
        List<Pixels> pixels =
                files.stream().map(file -> new Pixels(1, 1, new byte[3])).toList();
        ConditionedJob conditioned = conditioned(queued);
        return new EncodedJob(new GeneratedJob(conditioned, pixels, MODEL, 1), files);
    }

    /** Knows objects by name instead of by digest. */
    private final class Troubled implements ObjectStore {
        @Override
        public URI uri(StoreObject object) {
            return URI.create("memory:" + object.sha256());
        }

        @Override
        public List<String> put(List<StoreObject> objects) {
            puts.add(objects.size());
            for (StoreObject object : objects) {
                RuntimeException why = trouble.get(object.sha256());
                if (why != null) {
                    throw why;
                }
            }
            return objects.stream().map(object -> uri(object).toString()).toList();
        }
    }

    private static ConditionedJob conditioned(QueuedJob queued) {
        CaptionEncoding encoding = new HashTextEncoder().encode("a");
        return new ConditionedJob(queued, encoding, Conditions.ofCaption(encoding.embedding()));
    }
}
