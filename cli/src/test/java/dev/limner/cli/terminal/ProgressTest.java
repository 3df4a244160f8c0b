package dev.limner.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Progress without a terminal, which tests have none of. */
class ProgressTest {
    @Test
    void shouldSayTheLastLineOnce() {
        assertThat(printed(progress -> progress.to(2, "2 jobs seen"))).containsOnlyOnce("work: 2 of 2  2 jobs seen");
        assertThat(printed(progress -> {
                    progress.to(1, "a");
                    progress.to(2, "b");
                }))
                .containsOnlyOnce("work: 1 of 2  a")
                .containsOnlyOnce("work: 2 of 2  b");
    }

    @Test
    void shouldSayNothingOfWorkThatNeverBegan() {
        assertThat(printed(progress -> {})).isEmpty();
    }

    private static String printed(Consumer<Progress> work) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try (Progress progress = Progress.of("work", 2)) {
            work.accept(progress);
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
