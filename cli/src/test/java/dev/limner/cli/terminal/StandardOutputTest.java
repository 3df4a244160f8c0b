package dev.limner.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
    @Test
    void shouldKnowThatAPrintWasLost() {
        PrintStream before = System.out;
        System.setOut(new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                true,
                StandardCharsets.UTF_8));
        try {
            assertThat(StandardOutput.failed()).isFalse();

            System.out.println("a result");

            assertThat(StandardOutput.failed()).isTrue();
            assertThat(StandardOutput.exitCode(0)).isEqualTo(1);
        } finally {
            System.setOut(before);
        }
    }
}
