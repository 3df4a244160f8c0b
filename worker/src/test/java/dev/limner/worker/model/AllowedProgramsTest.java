package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** That a program is refused and another is served: OwnModelTest of the system tests. */
class AllowedProgramsTest {
    @Test
    void shouldTakeDigestsOfSixtyFourCharactersOnly() {
        assertThatCode(() -> new AllowedPrograms(List.of("A".repeat(64), " " + "0".repeat(64))))
                .doesNotThrowAnyException();
        for (String bad : List.of("", "a".repeat(63), "a".repeat(65), "g".repeat(64), "*")) {
            assertThatThrownBy(() -> new AllowedPrograms(List.of(bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limner.worker.models.programs has '" + bad + "'");
        }
    }
}
