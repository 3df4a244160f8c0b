package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.store.OutageBreaker;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.generate.ModelCatalog;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecentIds;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.ledger.TestTakeOvers;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.schedule.BatchSettings;
import dev.limner.worker.schedule.JobLanes;
import dev.limner.worker.schedule.ModelRoute;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From delivered records to outcomes, through the real stages with a generator of colours. */
@Timeout(60)
class BatchDispatcherTest {
    private static final PartitionRef PARTITION = new PartitionRef("bulk", 0);
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    private final Map<String, Instant> cancelled = new ConcurrentHashMap<>();
    private final GatedModels gated = new GatedModels();
    private final ModelCatalog models = new ModelCatalog(gated.model(A, -1));
    private final CompletionQueue completions = new CompletionQueue();
    private final SplitJobs splits = new SplitJobs();
    private final PendingWork pending = new PendingWork(64 << 20, List.of("bulk"));
    private final OwnedLedgers ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
    private final OutcomePublications outcomes = new OutcomePublications("w", "profile", Clock.systemUTC());
    private final JobAdmission admission = new JobAdmission(
            models,
            outcomes,
            new LargeOriginals(outcomes, store(), outcome -> completions.put(List.of(outcome)), completions::fail),
            new RecentIds(0),
            id -> Optional.ofNullable(cancelled.get(id)));
    private final GenerationPipeline pipeline = new GenerationPipeline(
            new StageThreads(1, 1, 1, 1),
            new GenerationPipeline.Stages(
                    new GenerateStage(new OutageBreaker("device", null, () -> false)),
                    new EncodeStage("test", false, caption -> caption),
                    store()),
            outcomes,
            new WorkerMetrics(new SimpleMeterRegistry()),
            completions,
            splits,
            CrashPoint.Watch.NONE,
            admission::unwanted,
            new FatalErrors("worker"));
    private final Map<String, Result> results = new ConcurrentHashMap<>();
    private final List<RecordRef> stale = new ArrayList<>();
    private BatchDispatcher dispatcher = dispatcher(models);
    private long offset;

    @AfterEach
    void stop() {
        gated.open();
        dispatcher.close();
        assertThat(pipeline.close(new StopBudget(Duration.ofSeconds(20)))).isTrue();
        models.close();
    }

    @Test
    void shouldAnswerALargeJobOnceWithAllItsImagesInOrder() throws InterruptedException {
        own();
        gated.open();
        take("large", 64);
        IntStream.range(0, 20).forEach(i -> take("small-" + i, 1));

        runUntil(21);

        assertThat(images("large")).extracting(Outcome.ImageRef::index).isEqualTo(indices(64));
        assertThat(images("large")).extracting(Outcome.ImageRef::sha256).doesNotHaveDuplicates();
        assertThat(results.get("large").batch()).isNotNull();
        assertThat(pending.bytes()).isEqualTo(21 * PendingWork.RECORD_BYTES + 84 * PendingWork.IMAGE_BYTES + values);
    }

    @Test
    void shouldGenerateAllOfALargeJobWithTheModelItBeganWith() throws InterruptedException {
        own();
        take("large", 64);
        dispatcher.dispatch();
        models.add(gated.model(B, -1));
        models.setLive(B);
        models.retire(0);
        assertThat(models.lease(A)).isEmpty();
        take("later", 1);
        gated.open();

        runUntil(2);

        assertThat(images("large")).extracting(Outcome.ImageRef::index).isEqualTo(indices(64));
        assertThat(images("large")).extracting(Outcome.ImageRef::sha256).doesNotHaveDuplicates();
        assertThat(results.get("large").model().digest()).isEqualTo(A);
        assertThat(results.get("later").model().digest()).isEqualTo(B);
        awaitIdle();
        assertThat(gated.closed()).containsExactly(A);
    }

    @Test
    void shouldAnswerALargeJobOnceOfWhichOneImageFails() throws InterruptedException {
        models.add(gated.model(B, 30));
        models.setLive(B);
        own();
        gated.open();
        take("large", 64);
        take("small", 1);

        runUntil(2);
        awaitIdle();

        assertThat(results.get("large").outcome())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo(ErrorCode.DEVICE_FAILED));
        assertThat(images("small")).hasSize(1);
        assertThat(results).hasSize(2);
        assertThat(dispatcher.nanosUntilDue()).as("nothing is left").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldCancelALargeJobOnce() throws InterruptedException {
        own();
        take("large", 64);
        dispatcher.dispatch();
        cancelled.put("large", Instant.now());
        gated.open();

        runUntil(1);
        awaitIdle();

        assertThat(results.get("large").outcome()).isInstanceOf(Outcome.Cancelled.class);
        assertThat(dispatcher.nanosUntilDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldLetGoOfALargeJobWhosePartitionIsGone() throws InterruptedException {
        own();
        take("large", 64);
        dispatcher.dispatch();

        assertThat(dispatcher.release(Set.of(PARTITION))).isEqualTo(1);
        ledgers.release(Set.of(PARTITION));
        models.add(gated.model(B, -1));
        models.setLive(B);
        models.retire(0);
        gated.open();
        awaitIdle();

        assertThat(results).isEmpty();
        assertThat(stale).isEmpty();
        assertThat(pending.bytes()).isZero();
        assertThat(gated.closed()).containsExactly(A);
    }

    @Test
    void shouldKeepAJobWhoseModelWasNowhereUntilAMomentAgo() {
        dispatcher.close();
        dispatcher = dispatcher(job -> new ModelRoute.UnknownModel("there is no bundle"));
        models.onWanted(digest -> {});
        own();
        gated.open();
        take("named", 1, "default@" + B);

        dispatcher.dispatch();

        assertThat(results).isEmpty();
        assertThat(dispatcher.release(Set.of(PARTITION))).isEqualTo(1);
    }

    /** The mark of a suspect stands until its outcome is committed: who dies meanwhile must be the suspect. */
    @Test
    void shouldSendNothingAfterASuspectUntilItHasItsOutcome() throws InterruptedException {
        ledgers.restore(TestTakeOvers.afterTwoDeaths(PARTITION, 1, 1));
        take("suspect", 1);
        take("other", 1);
        dispatcher.dispatch();
        while (!pipeline.accepts()) {
            Thread.onSpinWait();
        }

        dispatcher.dispatch();

        assertThat(pipeline.inFlight()).isEqualTo(1);
        assertThat(dispatcher.nanosUntilDue()).isEqualTo(Long.MAX_VALUE);
        gated.open();
        runUntil(2);
    }

    @Test
    void shouldNotLetASuspectWithoutItsModelHoldUpOtherSuspects() throws InterruptedException {
        models.onWanted(digest -> {});
        ledgers.restore(TestTakeOvers.afterTwoDeaths(PARTITION, 1, 2));
        gated.open();
        take("waiting", 1, "default@" + B);
        take("suspect", 1);

        runUntil(1);

        assertThat(results).containsOnlyKeys("suspect");
    }

    private long values;

    private BatchDispatcher dispatcher(ModelRoute.Router router) {
        return new BatchDispatcher(
                ledgers,
                admission,
                outcomes,
                new JobLanes(new BatchSettings(8, Duration.ZERO), List.of("bulk"), 100, "b", router),
                models,
                pipeline,
                splits,
                pending,
                this::finish,
                () -> true);
    }

    private void own() {
        ledgers.restore(TestTakeOvers.empty(PARTITION, 1));
    }

    private void take(String id, int count) {
        take(id, count, "default");
    }

    private void take(String id, int count, String model) {
        byte[] value = ("{\"id\":\"" + id + "\",\"caption\":\"a\",\"seed\":1,\"count\":" + count + ",\"model\":\""
                        + model + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        values += 2L * value.length;
        RecordRef ref = new RecordRef(PARTITION, offset++, 1);
        dispatcher.take(
                new RecordDelivery(ref, new OriginalRecord(null, value, List.of(), 0), JobCodec.decode(value, id), 0));
    }

    private void finish(FinishedRecord finished) {
        boolean wanted = ledgers.finished(finished.ref(), finished.publication());
        dispatcher.answered(finished.ref(), wanted ? finished.publication() : null);
        if (wanted) {
            Result result = finished.publication().result();
            assertThat(results.put(result.jobId(), result))
                    .as("a second outcome of %s", result.jobId())
                    .isNull();
        } else {
            stale.add(finished.ref());
        }
    }

    private void runUntil(int count) throws InterruptedException {
        while (results.size() < count) {
            cycle();
        }
    }

    private void awaitIdle() throws InterruptedException {
        while (!pipeline.idle()) {
            cycle();
        }
        cycle();
    }

    private void cycle() throws InterruptedException {
        dispatcher.dispatch();
        completions.await(Duration.ofMillis(5));
        completions.awaken();
        assertThat(completions.failure()).isNull();
        for (FinishedRecord finished = completions.poll(); finished != null; finished = completions.poll()) {
            finish(finished);
        }
    }

    private List<Outcome.ImageRef> images(String id) {
        return ((Outcome.Completed) results.get(id).outcome()).images();
    }

    private static List<Integer> indices(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static ObjectStore store() {
        return new ObjectStore() {
            @Override
            public URI uri(StoreObject object) {
                return URI.create("memory:" + object.sha256());
            }

            @Override
            public List<String> put(List<StoreObject> objects) {
                return objects.stream().map(object -> uri(object).toString()).toList();
            }
        };
    }
}
