package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class LimnerTest {
    @Test
    void shouldSayInOneLineThatADeviceIsFull() {
        IOException full =
                new FileSystemException("out/checkpoint/step-3.safetensors", null, "No space left on device");
        assertThat(Limner.explain(new UncheckedIOException("the checkpoint cannot be written to out/checkpoint", full)))
                .isEqualTo("the checkpoint cannot be written to out/checkpoint: no space left on the device;"
                        + " free some, then run the same command again");
        assertThat(Limner.explain(
                        new IllegalStateException("no space left in .limner (0 of 9 MiB free): free some", full)))
                .isEqualTo("no space left in .limner (0 of 9 MiB free): free some");
    }

    @Test
    void shouldGiveTheCauseOfOtherFaultsOfFiles() {
        assertThat(Limner.explain(
                        new UncheckedIOException("the captions a cannot be read", new IOException("no such file"))))
                .isEqualTo("the captions a cannot be read: no such file");
        assertThat(Limner.explain(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
