package dev.limner.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.testkit.fault.bug.SeededBug;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class SeededBugSuiteTest {
    @Test
    void shouldOfferEveryBugOfTheKit() {
        assertThat(SeededBugSuite.names())
                .containsExactlyInAnyOrderElementsOf(ServiceLoader.load(SeededBug.class).stream()
                        .map(bug -> bug.get().id())
                        .toList());
    }
}
