package dev.limner.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.Conditions;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Result;
import dev.limner.store.OutageBreaker;
import dev.limner.worker.condition.ConditionedJob;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.model.OutOfDeviceMemoryException;
import dev.limner.worker.model.SyntheticGenerator;
import dev.limner.worker.schedule.MicroBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GenerateStageTest {
    private static final int BATCH = 16;

    private final Moody generator = new Moody();
    private final Map<String, List<Pixels>> generated = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private final Map<String, ErrorCode> failed = new HashMap<>();
    private final GenerateStage.Sink sink = new GenerateStage.Sink() {
        @Override
        public void generated(MicroBatch<GeneratedJob> batch) {
            for (GeneratedJob job : batch.jobs()) {
                String id = job.queued().job().id();
                assertThat(generated.put(id, job.images())).isNull();
                attempts.put(id, job.attempt());
            }
        }

        @Override
        public void failed(QueuedJob job, ErrorCode code, String message, int tries) {
            assertThat(failed.put(job.job().id(), code)).isNull();
            attempts.put(job.job().id(), tries);
        }
    };

    @Test
    void shouldFindTheOneBadJobAndGenerateItsNeighbours() throws InterruptedException {
        generator.bad.add(11L);

        generate(null);

        assertThat(failed).containsOnlyKeys("11").containsEntry("11", ErrorCode.DEVICE_FAILED);
        assertThat(generated).hasSize(BATCH - 1);
        IntStream.range(0, BATCH)
                .filter(seed -> seed != 11)
                .forEach(seed ->
                        assertThat(generated.get("" + seed).get(0).rgb()[0]).isEqualTo((byte) seed));
        // Halved four times, then alone once more.
        assertThat(attempts.get("11")).isEqualTo(6);
        assertThat(attempts.values()).allSatisfy(tries -> assertThat(tries).isLessThanOrEqualTo(6));
    }

    @Test
    void shouldNotBlameAJobForAFailureThatDoesNotHappenAgain() throws InterruptedException {
        generator.bad.add(3L);
        generator.badFor = 5;

        generate(null);

        assertThat(failed).isEmpty();
        assertThat(generated).hasSize(BATCH);
    }

    @Test
    void shouldWaitForADeviceThatGeneratesNothingWithoutCountingAttempts() throws InterruptedException {
        generator.outOfOrderFor = 9;

        generate(null);

        assertThat(failed).isEmpty();
        assertThat(generated).hasSize(BATCH);
        assertThat(attempts.values()).allSatisfy(tries -> assertThat(tries).isLessThanOrEqualTo(5));
    }

    @Test
    void shouldEndTheWorkerWhenTheDeviceStaysOutOfOrder() {
        generator.outOfOrderFor = Integer.MAX_VALUE;

        assertThatThrownBy(() -> generate(Duration.ofMillis(500))).isInstanceOf(RuntimeException.class);
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldHalveTheBatchWhenMemoryRunsOutAndRememberIt() throws InterruptedException {
        BatchedGenerator engine = BatchedGenerator.of(generator, new BatchBuckets(List.of(4, 8, 16)));
        generator.mostInMemory = 4;

        new GenerateStage(new OutageBreaker("device", null, () -> false)).generate(batch(), engine, sink);

        assertThat(generated).hasSize(BATCH);
        assertThat(attempts.values()).containsOnly(1);
        assertThat(engine.largestBatch()).isEqualTo(4);
        int before = generator.calls;
        engine.generate(IntStream.range(0, 8).mapToObj(Moody::request).toList());
        assertThat(generator.calls - before).isEqualTo(2);
    }

    @Test
    void shouldSayThatMemoryRanOutForAJobThatFitsNoBatch() throws InterruptedException {
        generator.greedy = 5;

        generate(null);

        assertThat(failed).containsOnlyKeys("5").containsEntry("5", ErrorCode.DEVICE_OUT_OF_MEMORY);
        assertThat(generated).hasSize(BATCH - 1);
    }

    private void generate(Duration giveUp) throws InterruptedException {
        BatchedGenerator engine = BatchedGenerator.of(generator, new BatchBuckets(List.of(BATCH)));
        generator.started = true;
        new GenerateStage(new OutageBreaker("device", giveUp, () -> false)).generate(batch(), engine, sink);
    }

    private static MicroBatch<ConditionedJob> batch() {
        List<ConditionedJob> jobs = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            Job job = new Job("" + i, "a", i, 1, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, null, null, null, null);
            QueuedJob queued = new QueuedJob(
                    new RecordRef(new PartitionRef("jobs", 0), i, 1),
                    new OriginalRecord(null, null, List.of(), 0),
                    job,
                    0,
                    0);
            jobs.add(conditioned(queued));
        }
        return new MicroBatch<>("b", new ModelRoute.Ready("d"), jobs, 0);
    }

    /** A generator with moods. */
    private static final class Moody implements ImageGenerator {
        private final SyntheticGenerator generator = new SyntheticGenerator(Duration.ZERO);
        private final Set<Long> bad = new HashSet<>();
        private int badFor = Integer.MAX_VALUE;
        private int outOfOrderFor;
        private int mostInMemory = Integer.MAX_VALUE;
        private long greedy = -1;
        private boolean started;
        private int calls;

        static RenderRequest request(long seed) {
            return new RenderRequest(new float[] {1}, seed, 0, 1);
        }

        @Override
        public Result.Model model() {
            return generator.model();
        }

        @Override
        public ModelInputs inputs() {
            return ModelInputs.caption(1, 1);
        }

        @Override
        public ImageSize size() {
            return generator.size();
        }

        @Override
        public List<RenderRequest> probes(int count) {
            return IntStream.range(0, count).mapToObj(i -> request(1000 + i)).toList();
        }

        @Override
        public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
            calls++;
            if (started && outOfOrderFor-- > 0) {
                throw new IllegalStateException("out of order");
            }
            if (batchSize > mostInMemory || requests.stream().anyMatch(request -> request.seed() == greedy)) {
                throw new OutOfDeviceMemoryException(batchSize, new IllegalStateException("out of memory"));
            }
            if (requests.stream().anyMatch(request -> bad.contains(request.seed())) && badFor-- > 0) {
                throw new IllegalStateException("bad luck");
            }
            return generator.generate(requests, batchSize);
        }

        @Override
        public void close() {
            generator.close();
        }
    }

    private static ConditionedJob conditioned(QueuedJob queued) {
        CaptionEncoding encoding = new HashTextEncoder().encode("a");
        return new ConditionedJob(queued, encoding, Conditions.ofCaption(encoding.embedding()));
    }
}
