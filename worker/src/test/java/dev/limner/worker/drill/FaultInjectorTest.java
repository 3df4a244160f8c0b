package dev.limner.worker.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.limner.worker.fault.CrashPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultInjectorTest {
    @TempDir
    Path folder;

    @Test
    void shouldThrowAnErrorOnceAndOnlyInTheThreadThatWasNamed() throws Exception {
        FaultInjector drill = new FaultInjector(folder);
        Files.writeString(folder.resolve("error-in"), "limner-encode\n");

        assertThat(thrownIn("limner-store-0", drill)).isNull();
        assertThat(folder.resolve("hit-error-in")).doesNotExist();
        assertThat(thrownIn("limner-encode-1", drill)).isInstanceOf(LinkageError.class);
        assertThat(folder.resolve("hit-error-in")).exists();
        assertThat(thrownIn("limner-encode-1", drill)).isNull();
    }

    @Test
    void shouldNotTakeAnOrderThatIsStillBeingWritten() throws Exception {
        FaultInjector drill = new FaultInjector(folder);
        Files.writeString(folder.resolve("error-in"), "");

        assertThatCode(() -> drill.reached(CrashPoint.AFTER_STORE)).doesNotThrowAnyException();
        assertThat(folder.resolve("error-in")).exists();
    }

    private static @Nullable Throwable thrownIn(String thread, FaultInjector drill) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofPlatform()
                .name(thread)
                .start(() -> {
                    try {
                        drill.reached(CrashPoint.AFTER_IMAGE);
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                })
                .join();
        return thrown.get();
    }
}
