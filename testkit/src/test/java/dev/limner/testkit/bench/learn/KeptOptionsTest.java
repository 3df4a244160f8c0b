package dev.limner.testkit.bench.learn;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptOptionsTest {
    private static final List<String> PARTS = List.of("all", "model");

    @TempDir
    Path parent;

    @Test
    void shouldContinueWithTheSameOptionsOnly() throws IOException {
        Path folder = parent.resolve("new");
        KeptOptions kept = new KeptOptions(folder);
        kept.require(Map.of("--category", "Flags", "--held-out", "33"), PARTS);
        Files.createDirectory(folder.resolve("all"));

        assertThatCode(() -> kept.require(Map.of("--category", "Flags", "--held-out", "33"), PARTS))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> kept.require(Map.of("--category", "No Such", "--held-out", "33"), PARTS))
                .isInstanceOf(UsageException.class)
                .hasMessage(folder + " holds a run with other options: --category was 'Flags' and is 'No Such';"
                        + " give the same, or another --out");
        assertThatThrownBy(() -> kept.require(Map.of("--category", "Flags", "--held-out", "5"), PARTS))
                .hasMessageContaining("--held-out was '33' and is '5'");
        assertThatThrownBy(() -> kept.require(Map.of("--category", "Flags", "--held-out", "33", "--new", "1"), PARTS))
                .hasMessageContaining("--new was not given and is '1'");
    }

    @Test
    void shouldNotContinueWhatNobodyWroteDown() throws IOException {
        Files.createDirectory(parent.resolve("model"));

        assertThatThrownBy(() -> new KeptOptions(parent).require(Map.of("--category", "Flags"), PARTS))
                .isInstanceOf(UsageException.class)
                .hasMessage(parent + " holds model of a run whose options nobody wrote down: give another --out, or"
                        + " delete it");
    }

    @Test
    void shouldNotCallALongerTrainingAShorterOne() {
        KeptOptions kept = new KeptOptions(parent);
        kept.aim("frozen", 1, "--minutes");
        kept.aim("frozen", 3, "--minutes");

        assertThatCode(() -> kept.aim("frozen", 3, "--minutes"))
                .as("a killed one continues")
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> kept.aim("frozen", 2, "--minutes"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--minutes has 2, but the training in " + parent.resolve("frozen")
                        + " has gone on for 3: give times from there on, or another --out");
        assertThatCode(() -> kept.aim("other", 2, "--minutes")).doesNotThrowAnyException();
    }
}
