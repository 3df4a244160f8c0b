package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sources that never run dry, from a seed: what {@link JobLanes} promises about starvation. */
class LanesFairnessTest {
    private static final int BATCHES = 400;
    private static final int LARGEST_JOB = 64;

    private final Map<RecordRef, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, ModelRoute> routes = new HashMap<>();
    private long offset;
    private int formed;

    /** @param within one more than the batches after which it must have left */
    private record Waiting(QueuedJob job, int within, int taken) {}

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldTakeEveryJobWithinTheStatedNumberOfBatches(int seed) {
        Random random = new Random(seed);
        int largestBatch = List.of(1, 3, 8, 32).get(random.nextInt(4));
        BatchSettings settings = new BatchSettings(largestBatch, Duration.ZERO);
        List<String> sources = IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(n -> "s" + n)
                .toList();
        JobLanes lanes = new JobLanes(settings, sources, 1000, "w", job -> routes.get(job.id()));
        int models = 1 + random.nextInt(2);
        List<Integer> counts = sources.stream()
                .map(source -> random.nextBoolean() ? 1 : 1 + random.nextInt(LARGEST_JOB))
                .toList();
        while (formed < BATCHES) {
            for (int n = 0; n < sources.size(); n++) {
                // Always more than a batch holds, so that no source is ever passed over for want of jobs.
                while (images(sources.get(n)) <= largestBatch) {
                    int count = random.nextInt(8) == 0 ? 1 + random.nextInt(LARGEST_JOB) : counts.get(n);
                    add(lanes, settings, sources, sources.get(n), count, "m" + random.nextInt(models));
                }
            }
            MicroBatch<QueuedJob> batch = lanes.next(0).orElseThrow();
            formed++;
            assertThat(batch.images()).isBetween(1, largestBatch);
            batch.jobs().forEach(this::taken);
            assertThat(waiting.values())
                    .allSatisfy(job -> assertThat(job.within())
                            .as("%s of seed %d", job.job().job().id(), seed)
                            .isGreaterThan(formed));
        }
    }

    private int images(String source) {
        return of(source).stream()
                .mapToInt(job -> job.job().job().count() - job.taken())
                .sum();
    }

    private List<Waiting> of(String source) {
        return waiting.values().stream()
                .filter(job -> job.job().ref().partition().topic().equals(source))
                .toList();
    }

    private void add(
            JobLanes lanes, BatchSettings settings, List<String> sources, String source, int count, String model) {
        Job job = new Job(
                "j" + offset, "a", 0, count, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, null, null, null, null);
        routes.put(job.id(), new ModelRoute.Ready(model));
        RecordRef ref = new RecordRef(new PartitionRef(source, 0), offset++, 1);
        QueuedJob queued = new QueuedJob(ref, new OriginalRecord(null, null, List.of(), 0), job, 0, 0);
        int own = Math.ceilDiv(count, settings.turn());
        int before = of(source).stream()
                .mapToInt(other -> Math.ceilDiv(other.job().job().count() - other.taken(), settings.turn()))
                .sum();
        waiting.put(ref, new Waiting(queued, formed + sources.size() * (before + own) + 1, 0));
        lanes.add(queued);
    }

    /** Every image once, in order, of one model. */
    private void taken(QueuedJob part) {
        Waiting job = waiting.get(part.ref());
        assertThat(job).as("a job that waits").isNotNull();
        assertThat(part.first()).isEqualTo(job.taken());
        int now = job.taken() + part.images();
        if (now == part.job().count()) {
            waiting.remove(part.ref());
        } else {
            waiting.put(part.ref(), new Waiting(job.job(), job.within(), now));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldGiveEverySourceATurnInAsManyBatchesAsThereAreSources(int seed) {
        Random random = new Random(seed);
        List<String> sources = List.of("interactive", "standard", "bulk");
        JobLanes lanes =
                new JobLanes(new BatchSettings(32, Duration.ZERO), sources, 1000, "w", job -> routes.get(job.id()));
        // What starved in 74 of 200 starts: one source of large jobs among others of small ones.
        List<Integer> last = new ArrayList<>(List.of(0, 0, 0));
        int large = random.nextInt(3);
        int start = random.nextInt(32);
        BatchSettings settings = new BatchSettings(32, Duration.ZERO);
        for (int i = 0; i < start; i++) {
            add(lanes, settings, sources, sources.get(random.nextInt(3)), 1, "m0");
        }
        for (int batch = 1; batch <= BATCHES; batch++) {
            for (int n = 0; n < 3; n++) {
                while (images(sources.get(n)) <= 32) {
                    add(lanes, settings, sources, sources.get(n), n == large ? 32 + random.nextInt(32) : 1, "m0");
                }
            }
            for (QueuedJob part : lanes.next(0).orElseThrow().jobs()) {
                taken(part);
                last.set(sources.indexOf(part.ref().partition().topic()), batch);
            }
            int formedNow = batch;
            assertThat(last).allSatisfy(seen -> assertThat(formedNow - seen).isLessThan(3));
        }
    }
}
