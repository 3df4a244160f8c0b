package dev.limner.trainer.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainers of one model on one real broker. */
class TrainerLeaseTest {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static TrainerLease lease(String model, String holder) {
        return new TrainerLease(broker.bootstrap(), Topics.DEFAULT.models(), model, holder);
    }

    @Test
    void shouldPassToWhoStartsLastAndStayThere() {
        try (TrainerLease older = lease("default", "the older")) {
            assertThat(older.check()).isTrue();
            assertThat(older.check()).isTrue();
            try (TrainerLease newer = lease("default", "the newer");
                    TrainerLease ofAnother = lease("other", "of another model")) {
                assertThat(older.check()).isFalse();
                assertThat(older.successor()).contains("the newer");
                assertThatThrownBy(older::require)
                        .isInstanceOf(TrainerLease.Lost.class)
                        .hasMessageContaining("the newer");
                newer.require();
                assertThat(newer.check()).isTrue();
                assertThat(ofAnother.check()).isTrue();
            }
            // The newer one is gone; the older one does not come back by itself.
            assertThat(older.check()).isFalse();
        }
    }

    @Test
    void shouldEndUpWithOneOfSeveralThatStartAtOnce() throws Exception {
        List<TrainerLease> leases = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<TrainerLease>> starting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String holder = "trainer " + i;
                starting.add(threads.submit(() -> lease("rush", holder)));
            }
            for (Future<TrainerLease> one : starting) {
                leases.add(one.get());
            }
        }
        for (int round = 0; round < 3; round++) {
            leases.forEach(TrainerLease::check);
        }
        assertThat(leases.stream().filter(TrainerLease::check)).hasSize(1);
        leases.forEach(TrainerLease::close);
    }
}
