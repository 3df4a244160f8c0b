package dev.limner.system;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seeded bugs that harm nobody until something breaks. */
class SeededBugsUnderFaultsTest {
    @TempDir
    Path folder;

    @Test
    void shouldNoticeSeededBugsThatShowUnderFaults() throws Exception {
        SeededBugs.assertNoticed(folder, SeededBugs.WITH_FAULTS);
    }
}
