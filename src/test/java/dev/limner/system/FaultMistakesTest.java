package dev.limner.system;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes that harm nobody until something breaks. */
class FaultMistakesTest {
    @TempDir
    Path folder;

    @Test
    void shouldNoticeMistakesThatShowUnderFaults() throws Exception {
        Mistakes.assertNoticed(folder, Mistakes.WITH_FAULTS);
    }
}
