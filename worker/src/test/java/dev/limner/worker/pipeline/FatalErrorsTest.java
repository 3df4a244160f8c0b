package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.OwnBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.condition.HashTextEncoder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An {@link Error} on any thread of a worker ends it with an exit code, and its work is done by the next one. */
@Execution(ExecutionMode.CONCURRENT)
class FatalErrorsTest {
    /** The process's handler of uncaught errors. */
    private static final String LAST_RESORT = "uncaught";

    @TempDir
    Path folder;

    /** An exit that is only noted: the test's own process lives on. */
    private static final class Exits implements IntConsumer {
        private final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

        @Override
        public void accept(int code) {
            codes.add(code);
        }
    }

    /** Fails on a thread of a certain name, once. */
    private static final class Trap {
        private final AtomicReference<String> thread;

        Trap(String thread) {
            this.thread = new AtomicReference<>(thread);
        }

        void pass() {
            String wanted = thread.get();
            if (wanted != null
                    && Thread.currentThread().getName().startsWith(wanted)
                    && thread.compareAndSet(wanted, null)) {
                throw new OutOfMemoryError("injected into " + wanted);
            }
        }

        boolean sprung() {
            return thread.get() == null;
        }
    }

    @ParameterizedTest
    @ResourceLock(value = LAST_RESORT, mode = ResourceAccessMode.READ)
    @ValueSource(strings = {"control", "publish", "text", "device", "store"})
    void shouldEndTheWorkerAndLeaveItsWorkToTheNext(String name) throws Exception {
        Topics topics = TestCluster.topics("error-" + name.toLowerCase(Locale.ROOT));
        Trap trap = new Trap("limner-" + name);
        Exits exits = new Exits();
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.OS, "t", new LocalDisk())) {
            ConstantWorker trapped = new ConstantWorker(TestCluster.bootstrap(), topics, trapped(store, trap))
                    .clock(trapped(trap))
                    .publishClock(trapped(trap))
                    .encoder(trapped(trap, new HashTextEncoder()))
                    .errors(new FatalErrors("worker", exits));
            WorkerRuntime first = trapped.start("first");
            TestRecords.send(List.of(TestRecords.utf8Record(
                    topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"one\",\"caption\":\"fish\"}")));

            assertThat(exits.codes.poll(60, TimeUnit.SECONDS)).isEqualTo(FatalErrors.EXIT_CODE);
            assertThat(trap.sprung()).isTrue();
            assertThat(soon(() -> !first.alive())).isTrue();
            // The process would be gone now.
            first.close();
            try (WorkerRuntime second = new ConstantWorker(TestCluster.bootstrap(), topics, store).start("second")) {
                assertThat(TestRecords.results(topics, 1)).containsOnlyKeys("one");
                assertThat(second.failure()).isNull();
            }
            assertThat(exits.codes).isEmpty();
        }
    }

    @Test
    void shouldHearOfErrorsThatASchedulerKeepsToItself() throws Exception {
        Exits exits = new Exits();
        FatalErrors errors = new FatalErrors("worker", exits);
        try (ScheduledExecutorService scheduler =
                Executors.newSingleThreadScheduledExecutor(errors.factory("limner-some-release"))) {
            var unused = scheduler.schedule(
                    FatalErrors.guarded(() -> {
                        throw new StackOverflowError("injected");
                    }),
                    0,
                    TimeUnit.SECONDS);
            assertThat(exits.codes.poll(60, TimeUnit.SECONDS)).isEqualTo(70);
        }
        assertThat(errors.failure()).hasMessage("injected");
    }

    @Test
    @ResourceLock(LAST_RESORT)
    void shouldHearOfErrorsOnThreadsOfOthersAndLetTheirExceptionsPass() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Exits exits = new Exits();
        try {
            new FatalErrors("worker", exits).watchProcess();
            Thread harmless = new Thread(() -> {
                throw new IllegalStateException("only an exception");
            });
            harmless.start();
            harmless.join();
            assertThat(exits.codes).isEmpty();
            new Thread(() -> {
                        throw new NoClassDefFoundError("injected");
                    })
                    .start();
            assertThat(exits.codes.poll(60, TimeUnit.SECONDS)).isEqualTo(70);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static Clock trapped(Trap trap) {
        return new Clock() {
            @Override
            public Instant instant() {
                trap.pass();
                return Instant.now();
            }

            @Override
            public ZoneId getZone() {
                return ZoneId.of("UTC");
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    private static TextEncoder trapped(Trap trap, TextEncoder encoder) {
        return new TextEncoder() {
            @Override
            public String id() {
                return encoder.id();
            }

            @Override
            public int dimensions() {
                return encoder.dimensions();
            }

            @Override
            public CaptionEncoding encode(String caption) {
                trap.pass();
                return encoder.encode(caption);
            }

            @Override
            public void close() {
                encoder.close();
            }
        };
    }

    private static ObjectStore trapped(ObjectStore store, Trap trap) {
        return new ObjectStore() {
            @Override
            public URI uri(StoreObject object) {
                return store.uri(object);
            }

            @Override
            public List<String> put(List<StoreObject> objects) {
                trap.pass();
                return store.put(objects);
            }
        };
    }
}
