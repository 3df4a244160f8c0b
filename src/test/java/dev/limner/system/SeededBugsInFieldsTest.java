package dev.limner.system;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seeded bugs of which some field of a result or a dead letter tells. */
class SeededBugsInFieldsTest {
    @TempDir
    Path folder;

    @Test
    void shouldNoticeSeededBugsInAnyFieldWithoutAFault() throws Exception {
        Set<String> bugs = SeededBugs.all();
        bugs.removeAll(SeededBugs.WITH_FAULTS);

        SeededBugs.assertNoticed(folder, bugs);
    }
}
