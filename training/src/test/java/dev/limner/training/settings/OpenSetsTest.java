package dev.limner.training.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.augment.AugmentationKind;
import dev.limner.training.network.CriticKind;
import dev.limner.training.objective.ObjectiveKind;
import dev.limner.training.objective.TermKind;
import dev.limner.training.optimizer.OptimizerKind;
import dev.limner.training.regularizer.RegularizerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every member of every open set of a recipe has. */
class OpenSetsTest {
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path GUIDE = Path.of("../docs/guide/training.md");
    /** Where the toys are, which no recipe of a user can name. */
    private static final String TOYS = "dev.limner.training.toy.";

    @ParameterizedTest
    @ValueSource(
            classes = {
                ObjectiveKind.class,
                TermKind.class,
                RegularizerKind.class,
                AugmentationKind.class,
                OptimizerKind.class,
                CriticKind.class
            })
    void shouldHaveATestAndARowOfTheGuideForEachMember(Class<? extends Kind<?>> set) throws IOException {
        Map<String, ? extends Kind<?>> members = Kinds.all(set);
        String guide = Files.readString(GUIDE);
        String tests = tests();

        assertThat(members).isNotEmpty();
        members.forEach((id, kind) -> {
            assertThat(id).matches("[a-z0-9]+(-[a-z0-9]+)*");
            if (!kind.getClass().getName().startsWith(TOYS)) {
                Class<?> part = kind.getClass().getEnclosingClass();
                assertThat(guide.contains("| `" + id + "` |"))
                        .as("the guide has a row of %s", id)
                        .isTrue();
                assertThat(tests.contains("new " + part.getSimpleName() + "("))
                        .as("%s has a test", part)
                        .isTrue();
            }
        });
    }

    @Test
    void shouldNameTheMembersThereAre() {
        assertThat(Kinds.all(RegularizerKind.class)).containsKeys("r1-r2", "r1-r2-autograd");
        assertThat(Kinds.all(ObjectiveKind.class)).containsKeys("logistic", "relativistic");
    }

    private static String tests() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.toString().endsWith("Test.java"))
                    .map(OpenSetsTest::text)
                    .collect(Collectors.joining());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
