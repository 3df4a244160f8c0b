package dev.limner.system;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of which some field of a result or a dead letter tells. */
class FieldMistakesTest {
    @TempDir
    Path folder;

    @Test
    void shouldNoticeMistakesInAnyFieldWithoutAFault() throws Exception {
        Set<String> mistakes = Mistakes.all();
        mistakes.removeAll(Mistakes.WITH_FAULTS);

        Mistakes.assertNoticed(folder, mistakes);
    }
}
