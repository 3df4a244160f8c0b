package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.store.OutageBreaker;
import dev.limner.worker.admit.JobAdmission;
import dev.limner.worker.admit.LargeOriginals;
import dev.limner.worker.admit.PendingWork;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.encode.EncodeStage;
import dev.limner.worker.generate.GenerateStage;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecentIds;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.ledger.TestTakeOvers;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelRoute;
import dev.limner.worker.schedule.BatchSettings;
import dev.limner.worker.schedule.JobLanes;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.schedule.UnwantedJobs;
import dev.limner.worker.store.StoreStage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final UnwantedJobs unwanted = new UnwantedJobs(id -> Optional.ofNullable(cancelled.get(id)), outcomes);
    private final JobAdmission admission = new JobAdmission(
            models,
            outcomes,
            new LargeOriginals(outcomes, store(), outcome -> completions.put(List.of(outcome)), completions::fail),
            new RecentIds(0),
            unwanted::answer);
    private final GenerationPipeline pipeline = new GenerationPipeline(
            new StageThreads(1, 1, 1, 1),
            new GenerationPipeline.Stages(
                    new GenerateStage(new OutageBreaker("device", null, () -> false)),
                    new EncodeStage("test", false, caption -> caption),
                    new StoreStage(store())),
            outcomes,
            new WorkerMetrics(new SimpleMeterRegistry()),
            completions,
            splits,
            CrashPoint.Watch.NONE,
            unwanted,
            new FatalErrors("worker"));
    private final Map<String, Result> results = new ConcurrentHashMap<>();
    private final Map<String, Publication> publications = new ConcurrentHashMap<>();
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
        assertThat(results.get("large").attempts())
                .as("halved until it was alone")
                .isGreaterThan(1);
        assertThat(letter("large").attempts()).isEqualTo(results.get("large").attempts());
        assertThat(dispatcher.nanosUntilDue()).as("nothing is left").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldStoreTheOriginalOfALargeLetter() throws InterruptedException {
        own();
        for (int length = 262_143; length <= 262_145; length++) {
            String id = "bad-" + length;
            take(id, new byte[length]);
            runUntil(length - 262_142);

            boolean stored = length > 262_144;
            assertThat(letter(id).objectUri() != null).as("of %d", length).isEqualTo(stored);
            assertThat(publications.get(id).original().value())
                    .as("of %d", length)
                    .hasSize(stored ? 4096 : length);
            assertThat(letter(id).attempts()).isEqualTo(1);
        }
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
    void shouldFailOnlyTheJobWhoseCaptionNothingEmbedsAndLetGoOfTheModel() throws InterruptedException {
        own();
        take("before", 1);
        take("bad", 1, "default", GatedModels.UNREADABLE);
        take("after", 2);
        dispatcher.dispatch();
        gated.open();

        runUntil(3);
        awaitIdle();

        assertThat(results.get("bad").outcome())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo(ErrorCode.INTERNAL));
        assertThat(images("before")).hasSize(1);
        assertThat(images("after")).hasSize(2);
        assertThat(results.get("after").batch().id()).as("taken alone").endsWith(".3");
        awaitNobodyHolds(A);
    }

    @Test
    void shouldHoldTheModelUntilTheDeviceHasDoneWithIt() throws InterruptedException {
        own();
        LoadedModel next = gated.model(B, -1);
        gated.holdDevice();
        gated.open();
        take("j", 1);
        dispatcher.dispatch();
        while (!gated.onDevice()) {
            Thread.onSpinWait();
        }
        models.add(next);
        models.setLive(B);
        models.retire(0);

        assertThat(gated.closed()).isEmpty();

        gated.letGoOfDevice();
        runUntil(1);
        awaitIdle();
        assertThat(images("j")).hasSize(1);
    }

    @Test
    void shouldSpendNoDeviceTimeOnAJobThatIsCancelledWhileItIsEmbedded() throws InterruptedException {
        own();
        take("kept", 1);
        take("cancelled", 2);
        dispatcher.dispatch();
        cancelled.put("cancelled", Instant.now());
        gated.open();

        runUntil(2);
        awaitIdle();

        assertThat(results.get("cancelled").outcome()).isInstanceOf(Outcome.Cancelled.class);
        assertThat(images("kept")).hasSize(1);
        assertThat(pipeline.generatedImages()).isEqualTo(1);
    }

    /** A model whose jobs nobody could embed is not held by anybody either. */
    @Test
    void shouldLetGoOfTheModelWhenNothingOfABatchCanBeEmbedded() throws InterruptedException {
        own();
        take("bad", 1, "default", GatedModels.UNREADABLE);
        take("worse", 1, "default", GatedModels.UNREADABLE);
        gated.open();

        runUntil(2);
        awaitIdle();
        awaitNobodyHolds(A);
        assertThat(results.values())
                .allSatisfy(result -> assertThat(result.outcome()).isInstanceOf(Outcome.Failed.class));
    }

    /** A model may come or go at any moment: two questions could have two answers, and the job would have neither. */
    @Test
    void shouldAskOnceABatchWhereAJobGoes() {
        AtomicInteger asked = new AtomicInteger();
        dispatcher.close();
        dispatcher = dispatcher(job -> {
            asked.incrementAndGet();
            return new ModelRoute.UnknownModel("there is no bundle");
        });
        models.onWanted(digest -> {});
        own();
        gated.open();
        take("named", 1, "default@" + B);

        dispatcher.dispatch();

        assertThat(asked).hasValue(1);
        assertThat(results.get("named").outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(dispatcher.release(Set.of(PARTITION))).isZero();
    }

    @Test
    void shouldAnswerAJobThatItsModelCannotReadAsItArrives() {
        own();

        take("named", "{\"id\":\"named\",\"caption\":\"a\",\"label\":\"boot\"}".getBytes(StandardCharsets.UTF_8));
        take("silent", "{\"id\":\"silent\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(rejected("named")).isEqualTo(ErrorCode.LABEL_UNKNOWN);
        assertThat(rejected("silent")).isEqualTo(ErrorCode.MISSING_FIELD);
        assertThat(dispatcher.release(Set.of(PARTITION))).as("nothing waits").isZero();
    }

    private ErrorCode rejected(String id) {
        return ((Outcome.Rejected) results.get(id).outcome()).error().code();
    }

    /** More may wait than are asked for at a time, so those that wait are asked for again on every turn. */
    @Test
    void shouldAskAgainForTheModelOfAJobThatWaits() throws InterruptedException {
        List<String> wanted = new ArrayList<>();
        models.onWanted(wanted::add);
        own();
        gated.open();
        take("named", 1, "default@" + B);
        assertThat(wanted).as("as soon as a job names it").containsExactly(B);
        models.unavailable(B, "not now");
        models.askAgain();

        dispatcher.dispatch();
        dispatcher.dispatch();

        assertThat(wanted).containsExactly(B, B);
        models.add(gated.model(B, -1));
        runUntil(1);
        assertThat(results.get("named").model().digest()).isEqualTo(B);
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
        List<String> wanted = new ArrayList<>();
        models.onWanted(wanted::add);
        ledgers.restore(TestTakeOvers.afterTwoDeaths(PARTITION, 1, 2));
        gated.open();
        take("waiting", 1, "default@" + B);
        take("suspect", 1);
        models.unavailable(B, "not now");
        models.askAgain();

        runUntil(1);

        assertThat(results).containsOnlyKeys("suspect");
        assertThat(wanted).as("asked for as long as it waits").containsExactly(B, B);
    }

    private long values;

    private BatchDispatcher dispatcher(ModelRoute.Router router) {
        return new BatchDispatcher(
                ledgers,
                admission,
                unwanted,
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
        take(id, count, model, "a");
    }

    private void take(String id, int count, String model, String caption) {
        byte[] value = ("{\"id\":\"" + id + "\",\"caption\":\"" + caption + "\",\"seed\":1,\"count\":" + count
                        + ",\"model\":\"" + model + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        values += 2L * value.length;
        take(id, value);
    }

    private void take(String id, byte[] value) {
        RecordRef ref = new RecordRef(PARTITION, offset++, 1);
        dispatcher.take(
                new RecordDelivery(ref, new OriginalRecord(null, value, List.of(), 0), JobCodec.decode(value, id), 0));
    }

    private void finish(FinishedRecord finished) {
        boolean wanted = ledgers.finished(finished.ref(), finished.publication());
        dispatcher.answered(finished.ref(), wanted ? finished.publication() : null);
        if (wanted) {
            Result result = finished.publication().result();
            publications.put(result.jobId(), finished.publication());
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

    /** A stage ends its lease right after it has handed its batch on. */
    private void awaitNobodyHolds(String digest) {
        models.add(gated.model(B, -1));
        models.setLive(B);
        models.retire(0);
        while (!gated.closed().contains(digest)) {
            Thread.onSpinWait();
        }
    }

    private List<Outcome.ImageRef> images(String id) {
        return ((Outcome.Completed) results.get(id).outcome()).images();
    }

    private Publication.DeadLetter letter(String id) {
        return Objects.requireNonNull(publications.get(id).deadLetter());
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
