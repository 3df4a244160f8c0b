package dev.limner.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The laws speak of packages: a class elsewhere than in its module's own would be under none of them. */
class ModulePackagesTest {
    static final List<String> MODULES = List.copyOf(ImportedModules.ARROWS.keySet());

    @ParameterizedTest
    @FieldSource("MODULES")
    void shouldHoldAllClassesOfTheModule(String module) throws IOException {
        Path classes = ImportedModules.classes(module);
        Path own = classes.resolve("dev/limner").resolve(module);
        try (Stream<Path> files = Files.walk(classes)) {
            assertThat(files.filter(file -> file.toString().endsWith(".class")).filter(file -> !file.startsWith(own)))
                    .isEmpty();
        }
        assertThat(own).isNotEmptyDirectory();
    }
}
