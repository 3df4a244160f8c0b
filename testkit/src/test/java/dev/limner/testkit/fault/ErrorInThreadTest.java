package dev.limner.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.lifecycle.CrashPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorInThreadTest {
    @TempDir
    Path folder;

    @Test
    void shouldThrowAnErrorOnceAndOnlyInTheThreadThatWasNamed() throws Exception {
        FaultPoints faults = new ErrorInThread().obeying(new FaultOrders(folder));
        Runnable passing = () -> faults.reached(CrashPoint.AFTER_IMAGE);
        Files.writeString(folder.resolve("error-in"), "limner-encode\n");

        assertThat(thrownIn("limner-store-0", passing)).isNull();
        assertThat(folder.resolve("hit-error-in")).doesNotExist();
        assertThat(thrownIn("limner-encode-1", passing)).isInstanceOf(LinkageError.class);
        assertThat(folder.resolve("hit-error-in")).exists();
        assertThat(thrownIn("limner-encode-1", passing)).isNull();
    }

    @Test
    void shouldThrowWhereTheTimeIsAskedFor() throws Exception {
        Clock clock = new ErrorInThread().obeying(new FaultOrders(folder)).clock(Clock.systemUTC());
        Files.writeString(folder.resolve("error-in"), "limner-read");

        assertThat(thrownIn(
                        "limner-read-cancellations",
                        () -> assertThat(clock.instant()).isNull()))
                .isInstanceOf(LinkageError.class);
    }

    @Test
    void shouldNotTakeAnOrderThatIsStillBeingWritten() throws Exception {
        FaultPoints faults = new ErrorInThread().obeying(new FaultOrders(folder));
        Files.writeString(folder.resolve("error-in"), "");

        assertThatCode(() -> faults.reached(CrashPoint.AFTER_STORE)).doesNotThrowAnyException();
        assertThat(folder.resolve("error-in")).exists();
    }

    private static @Nullable Throwable thrownIn(String thread, Runnable work) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofPlatform()
                .name(thread)
                .start(() -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                })
                .join();
        return thrown.get();
    }
}
