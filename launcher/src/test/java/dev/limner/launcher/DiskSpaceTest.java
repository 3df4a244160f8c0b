package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
    @TempDir
    Path folder;

    @Test
    void shouldAdviseToMoveTheStateOnlyIfThatMovesWhatIsFull() {
        Path state = folder.resolve("state");

        assertThat(DiskSpace.line(state.resolve("broker"), state))
                .startsWith("no space left in " + state.resolve("broker") + " (")
                .contains("free some or set LIMNER_STATE to a folder on another device");
        assertThat(DiskSpace.line(folder.resolve("out/broker"), state))
                .startsWith("no space left in " + folder.resolve("out/broker") + " (")
                .contains("free some or name a folder on another device")
                .doesNotContain("LIMNER_STATE");
    }
}
