package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Result;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.condition.HashTextEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ModelCatalogTest {
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final String C = "c".repeat(64);

    private final List<String> closed = new ArrayList<>();
    private final List<String> wanted = new ArrayList<>();
    private final ModelCatalog slots = new ModelCatalog(model(A));

    @Test
    void shouldCloseARetiredModelWhenItsLastLeaseEnds() {
        slots.add(model(B));
        ModelCatalog.Lease lease = slots.lease(A).orElseThrow();
        ModelCatalog.Lease shared = lease.shared();

        slots.setLive(B);
        slots.retire(0);

        assertThat(slots.of(job("j", null))).isEqualTo(new ModelRoute.Ready(B));
        assertThat(slots.lease(A)).isEmpty();
        lease.close();
        lease.close();
        assertThat(closed).isEmpty();
        shared.close();
        assertThat(closed).containsExactly(A);
    }

    @Test
    void shouldGiveTheCanaryItsShareAndAJobAlwaysTheSameModel() {
        slots.add(model(B));
        slots.setTrial(B, 0.05);

        List<ModelRoute> routes = IntStream.range(0, 20_000)
                .mapToObj(i -> slots.of(job("job-" + i, null)))
                .toList();

        assertThat(routes).filteredOn(new ModelRoute.Ready(B)::equals).hasSizeBetween(900, 1100);
        assertThat(IntStream.range(0, 20_000).mapToObj(i -> slots.of(job("job-" + i, null))))
                .containsExactlyElementsOf(routes);
        assertThat(slots.of(job("any", A))).isEqualTo(new ModelRoute.Ready(A));
        slots.setTrial(null, 0);
        assertThat(IntStream.range(0, 1000).mapToObj(i -> slots.of(job("job-" + i, null))))
                .containsOnly(new ModelRoute.Ready(A));
    }

    @Test
    void shouldKeepAShareOfTheJobsWithWhatWasLiveBeforeUntilItEnds() {
        slots.add(model(B));
        slots.add(model(C));
        slots.setLive(B);
        slots.setTrial(C, 0.2);
        slots.setHoldout(A, 0.1, Instant.MAX);

        List<ModelRoute> routes = routes();
        assertThat(Collections.frequency(routes, new ModelRoute.Ready(A))).isBetween(50, 110);
        assertThat(Collections.frequency(routes, new ModelRoute.Ready(C))).isBetween(160, 240);
        assertThat(routes()).isEqualTo(routes);
        slots.retire(0);
        assertThat(slots.status())
                .extracting(WorkerStatus.Loaded::digest, WorkerStatus.Loaded::role)
                .containsExactlyInAnyOrder(
                        tuple(B, WorkerStatus.Role.LIVE),
                        tuple(C, WorkerStatus.Role.CANARY),
                        tuple(A, WorkerStatus.Role.CANARY));

        slots.setTrial(null, 0);
        slots.setHoldout(A, 0.1, Instant.now());
        assertThat(routes()).containsOnly(new ModelRoute.Ready(B));
        slots.setHoldout(null, 0, Instant.MIN);
        slots.retire(0);
        assertThat(closed).containsExactlyInAnyOrder(A, C);
    }

    private List<ModelRoute> routes() {
        return IntStream.range(0, 1000)
                .mapToObj(i -> slots.of(job("job-" + i, null)))
                .toList();
    }

    @Test
    void shouldAskOnceForAModelThatAJobNamesAndSayWhenThereIsNone() {
        assertThat(slots.of(job("j", B))).isInstanceOf(ModelRoute.UnknownModel.class);
        slots.want(job("j", B));
        slots.onWanted(wanted::add);

        assertThat(slots.of(job("j", B))).isEqualTo(new ModelRoute.Loading());
        assertThat(wanted).as("a question changes nothing").isEmpty();
        slots.want(job("j", B));
        slots.want(job("k", B));
        assertThat(slots.of(job("k", B))).isEqualTo(new ModelRoute.Loading());
        assertThat(wanted).containsExactly(B);

        slots.unavailable(B, "there is no bundle");
        assertThat(slots.of(job("j", B)))
                .isEqualTo(new ModelRoute.UnknownModel("which is not served here: there is no bundle"));
        slots.want(job("j", B));
        slots.want(job("j", null));
        slots.want(named("other@" + C));
        assertThat(wanted)
                .as("what is known not to be had, or served elsewhere")
                .containsExactly(B);
        slots.add(model(B));
        assertThat(slots.of(job("j", B))).isEqualTo(new ModelRoute.Ready(B));
        slots.want(job("j", B));
        assertThat(wanted).containsExactly(B);
        assertThat(slots.of(named("other")))
                .isEqualTo(new ModelRoute.UnknownModel("which is not served here; this worker serves default"));
    }

    @Test
    void shouldRememberABoundedNumberOfDigestsThatDoNotExist() {
        slots.onWanted(wanted::add);
        for (int i = 0; i < AbsentModels.MOST_MISSING; i++) {
            slots.unavailable(digest(i), "there is no bundle");
        }
        assertThat(slots.of(job("j", digest(0)))).as("at the bound").isInstanceOf(ModelRoute.UnknownModel.class);

        slots.unavailable(digest(AbsentModels.MOST_MISSING), "there is no bundle");

        assertThat(slots.of(job("j", digest(0))))
                .as("the oldest is asked for again")
                .isEqualTo(new ModelRoute.Loading());
        assertThat(slots.of(job("j", digest(1)))).isInstanceOf(ModelRoute.UnknownModel.class);
        slots.want(job("j", digest(0)));
        slots.want(job("j", digest(1)));
        assertThat(wanted).containsExactly(digest(0));
    }

    @Test
    void shouldAskForABoundedNumberOfModelsAtATime() {
        slots.onWanted(wanted::add);
        for (int i = 0; i <= AbsentModels.MOST_ASKED; i++) {
            slots.want(job("j", digest(i)));
            assertThat(slots.of(job("j", digest(i)))).isEqualTo(new ModelRoute.Loading());
        }
        assertThat(wanted).hasSize(AbsentModels.MOST_ASKED).doesNotContain(digest(AbsentModels.MOST_ASKED));

        slots.unavailable(digest(0), "there is no bundle");

        slots.want(job("j", digest(AbsentModels.MOST_ASKED)));
        assertThat(wanted).last().isEqualTo(digest(AbsentModels.MOST_ASKED));
    }

    private static String digest(int number) {
        return String.format("%064x", 16 + number);
    }

    @Test
    void shouldKeepThePinnedModelsThatJobsWaitedForLast() {
        slots.add(model(B));
        slots.add(model(C));
        slots.want(job("j", B));
        slots.of(job("j", C));

        slots.retire(1);

        assertThat(closed).containsExactly(C);
        assertThat(slots.status())
                .extracting(WorkerStatus.Loaded::digest, WorkerStatus.Loaded::role)
                .containsExactly(tuple(A, WorkerStatus.Role.LIVE), tuple(B, WorkerStatus.Role.PINNED));
    }

    @Test
    void shouldKeepThePinnedModelsThatWereLeasedLast() {
        slots.add(model(B));
        slots.add(model(C));
        slots.lease(B).orElseThrow().close();

        slots.retire(1);

        assertThat(closed).containsExactly(C);
    }

    @Test
    @Timeout(20)
    void shouldWaitForTheLastLeaseBeforeTheOnlyModelIsExchanged() throws Exception {
        ModelCatalog.Lease lease = slots.lease(A).orElseThrow();
        Thread release = Thread.ofPlatform().start(() -> {
            try {
                slots.drain();
                slots.replaceLive(model(B));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (slots.lease(A)
                .map(more -> {
                    more.close();
                    return true;
                })
                .orElse(false)) {
            Thread.onSpinWait();
        }
        assertThat(slots.of(job("j", null))).isEqualTo(new ModelRoute.Loading());
        assertThat(closed).isEmpty();

        lease.close();
        release.join();

        assertThat(closed).containsExactly(A);
        assertThat(slots.of(job("j", null))).isEqualTo(new ModelRoute.Ready(B));
    }

    /** What has become live need not be asked for; once it is gone it must be again, or its jobs wait for ever. */
    @Test
    void shouldAskAgainForAModelThatWasLiveWhenItWasToBeFetched() throws InterruptedException {
        slots.onWanted(wanted::add);
        slots.want(job("j", B));
        slots.drain();
        slots.replaceLive(model(B));
        slots.drain();
        slots.replaceLive(model(C));

        slots.want(job("j", B));

        assertThat(wanted).containsExactly(B, B);
    }

    private static Job named(String model) {
        return new Job("j", "a", 0, 1, ModelRef.parse(model), null, 1, ImageFormat.PNG, null, null, null, null);
    }

    private static Job job(String id, String digest) {
        return new Job(
                id, "a", 0, 1, new ModelRef("default", digest), null, 1, ImageFormat.PNG, null, null, null, null);
    }

    private LoadedModel model(String digest) {
        ImageGenerator generator = new ImageGenerator() {
            @Override
            public Result.Model model() {
                return new Result.Model("default", digest);
            }

            @Override
            public ModelInputs inputs() {
                return ModelInputs.caption(1, 1);
            }

            @Override
            public ImageSize size() {
                return new ImageSize(1, 1);
            }

            @Override
            public List<RenderRequest> probes(int count) {
                return IntStream.range(0, count)
                        .mapToObj(i -> new RenderRequest(new float[] {1}, i, 0, 1))
                        .toList();
            }

            @Override
            public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                return requests.stream()
                        .map(request -> new Pixels(1, 1, new byte[3]))
                        .toList();
            }

            @Override
            public void close() {
                closed.add(digest);
            }
        };
        return new LoadedModel(
                BatchedGenerator.of(generator, new BatchBuckets(List.of(4))),
                new HashTextEncoder(),
                LoadedModel.Origin.NONE);
    }
}
