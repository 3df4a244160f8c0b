package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobLanesTest {
    private static final long LINGER = Duration.ofMillis(5).toNanos();
    private static final long NOW = 1_000_000_000L;

    private final Map<String, ModelRoute> routes = new HashMap<>();
    private final JobLanes lanes = new JobLanes(
            new BatchSettings(8, Duration.ofMillis(5)),
            List.of("interactive", "standard", "bulk"),
            10,
            "w",
            job -> routes.getOrDefault(job.id(), new ModelRoute.Ready("live")));
    private long offset;

    @Test
    void shouldWaitForCompanyNoLongerThanTheLinger() {
        add("standard", 1, NOW);

        assertThat(lanes.next(NOW)).isEmpty();
        assertThat(lanes.nanosUntilDue(NOW + 1)).isEqualTo(LINGER - 1);
        assertThat(lanes.next(NOW + LINGER))
                .hasValueSatisfying(batch -> assertThat(batch.images()).isEqualTo(1));
        assertThat(lanes.nanosUntilDue(NOW)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNotWaitWhenABatchIsFull() {
        for (int i = 0; i < 9; i++) {
            add("standard", 1, NOW);
        }

        assertThat(lanes.next(NOW).orElseThrow().images()).isEqualTo(8);
        assertThat(lanes.waiting()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheLanesInTurn() {
        for (int i = 0; i < 20; i++) {
            add("bulk", 1, NOW);
        }
        add("interactive", 1, NOW);
        add("standard", 1, NOW);

        List<String> topics = lanes.next(NOW).orElseThrow().jobs().stream()
                .map(queued -> queued.ref().partition().topic())
                .toList();

        assertThat(topics).contains("interactive", "standard").hasSize(8);
    }

    @Test
    void shouldSpreadLargeJobsOverBatches() {
        add("standard", 5, NOW);
        add("standard", 5, NOW);
        add("standard", 20, NOW);

        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j0 0+5", "j1 0+3");
        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j1 3+2", "j2 0+6");
        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j2 6+8");
        assertThat(parts(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j2 14+6");
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void shouldLetALargeJobTakeTurnsWithOthers() {
        add("bulk", 16, NOW);
        for (int i = 0; i < 8; i++) {
            add("interactive", 1, NOW);
        }

        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j1 0+1", "j0 0+5", "j2 0+1", "j3 0+1");
    }

    @Test
    void shouldSpreadNoJobThatIsNoLargerThanATurn() {
        for (int i = 0; i < 7; i++) {
            add("standard", 1, NOW);
        }
        add("standard", 2, NOW);

        assertThat(lanes.next(NOW).orElseThrow().images()).isEqualTo(7);
        assertThat(parts(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j7 0+2");
    }

    @Test
    void shouldKeepAJobOnTheRouteItHasBegunWith() {
        add("standard", 10, NOW);
        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j0 0+8");
        routes.put("j0", new ModelRoute.Ready("newer"));

        MicroBatch<QueuedJob> rest = lanes.next(NOW + LINGER).orElseThrow();

        assertThat(parts(rest)).containsExactly("j0 8+2");
        assertThat(rest.route()).isEqualTo(new ModelRoute.Ready("live"));
        lanes.putBack(rest);
        assertThat(lanes.next(NOW + LINGER).orElseThrow().route()).isEqualTo(new ModelRoute.Ready("live"));
    }

    @Test
    void shouldMakeAJobWholeAgainThatIsPutBack() {
        add("standard", 10, NOW);
        MicroBatch<QueuedJob> batch = lanes.next(NOW).orElseThrow();

        lanes.putBack(batch);
        routes.put("j0", new ModelRoute.Ready("newer"));

        MicroBatch<QueuedJob> again = lanes.next(NOW).orElseThrow();
        assertThat(parts(again)).containsExactly("j0 0+8");
        assertThat(again.route()).isEqualTo(new ModelRoute.Ready("newer"));
        assertThat(lanes.waiting()).isEqualTo(1);
    }

    @Test
    void shouldForgetTheRestOfAJobThatHasItsOutcome() {
        add("standard", 10, NOW);
        add("standard", 1, NOW);
        MicroBatch<QueuedJob> batch = lanes.next(NOW).orElseThrow();

        lanes.forget(batch.jobs().get(0).ref());

        assertThat(parts(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j1 0+1");
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void shouldNotDivideAJobThatNoModelGenerates() {
        routes.put("j0", new ModelRoute.UnknownModel("there is no such model"));
        add("standard", 64, NOW);

        assertThat(parts(lanes.next(NOW).orElseThrow())).containsExactly("j0 0+64");
    }

    private static List<String> parts(MicroBatch<QueuedJob> batch) {
        return batch.jobs().stream()
                .map(part -> part.job().id() + " " + part.first() + "+" + part.images())
                .toList();
    }

    @Test
    void shouldSayWhichSourcesAreFull() {
        for (int i = 0; i < 10; i++) {
            add("bulk", 1, NOW);
        }
        assertThat(lanes.full()).containsExactly("bulk");

        lanes.release(Set.of(new PartitionRef("bulk", 0)));

        assertThat(lanes.full()).isEmpty();
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void shouldStayFullUntilHalfEmpty() {
        for (int i = 0; i < 14; i++) {
            add("bulk", 1, NOW);
        }
        assertThat(lanes.full()).containsExactly("bulk");

        assertThat(lanes.next(NOW).orElseThrow().images()).isEqualTo(8);
        assertThat(lanes.full()).as("6 of 10 wait").containsExactly("bulk");

        assertThat(lanes.next(NOW + LINGER).orElseThrow().images()).isEqualTo(6);
        assertThat(lanes.full()).isEmpty();
    }

    @Test
    void shouldNameTheKeyOfASettingThatCannotBe() {
        assertThatThrownBy(() -> new BatchSettings(0, Duration.ZERO))
                .hasMessage("limner.worker.batch.max-size is 0, must be from 1 to 1024");
        assertThatThrownBy(() -> new BatchSettings(1, Duration.ofSeconds(-1)))
                .hasMessageContaining("limner.worker.batch.linger is PT-1S");
    }

    @Test
    void shouldPutOnlyJobsOfOneRouteIntoABatchAndLeaveNoneBehind() {
        for (int i = 0; i < 6; i++) {
            routes.put("j" + offset, new ModelRoute.Ready(i % 2 == 0 ? "live" : "canary"));
            add("standard", 1, NOW);
        }

        MicroBatch<QueuedJob> first = lanes.next(NOW + LINGER).orElseThrow();
        MicroBatch<QueuedJob> second = lanes.next(NOW + LINGER).orElseThrow();

        assertThat(first.route()).isEqualTo(new ModelRoute.Ready("live"));
        assertThat(ids(first)).containsExactly("j0", "j2", "j4");
        assertThat(second.route()).isEqualTo(new ModelRoute.Ready("canary"));
        assertThat(ids(second)).containsExactly("j1", "j3", "j5");
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void shouldLetJobsWaitForTheirModelWithoutHoldingUpOthers() {
        routes.put("j0", new ModelRoute.Loading());
        add("standard", 1, NOW);

        assertThat(lanes.nanosUntilDue(NOW + LINGER)).isEqualTo(Long.MAX_VALUE);
        assertThat(lanes.next(NOW + LINGER)).isEmpty();

        add("standard", 1, NOW);
        assertThat(ids(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j1");

        routes.put("j0", new ModelRoute.Ready("pinned"));
        assertThat(ids(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j0");
    }

    @Test
    void shouldPutJobsBackInTheirPlaces() {
        add("standard", 1, NOW);
        add("standard", 1, NOW);
        MicroBatch<QueuedJob> batch = lanes.next(NOW + LINGER).orElseThrow();

        lanes.putBack(batch);

        assertThat(ids(lanes.next(NOW + LINGER).orElseThrow())).containsExactly("j0", "j1");
    }

    private static List<String> ids(MicroBatch<QueuedJob> batch) {
        return batch.jobs().stream().map(queued -> queued.job().id()).toList();
    }

    private void add(String topic, int count, long received) {
        Job job = new Job(
                "j" + offset, "a", 0, count, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, null, null, null, null);
        RecordRef ref = new RecordRef(new PartitionRef(topic, 0), offset++, 1);
        lanes.add(new QueuedJob(ref, new OriginalRecord(null, null, List.of(), 0), job, received, 0));
    }
}
