package dev.limner.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link java.util.ServiceLoader} finds is what a file lists: a class nobody lists is silently not there. */
class ServiceFilesTest {
    static final List<String> MODULES = List.copyOf(ImportedModules.ARROWS.keySet());

    private static final String FOLDER = "META-INF/services";
    private static final String COMMAND = "dev.limner.cli.LimnerCommand";

    @ParameterizedTest
    @ValueSource(strings = {"cli", "testkit"})
    void shouldListEveryCommand(String module) throws IOException {
        assertThat(listed(ImportedModules.classes(module).resolve(FOLDER).resolve(COMMAND)))
                .containsExactlyInAnyOrderElementsOf(ImportedModules.of(module).stream()
                        .filter(type -> type.isAssignableTo(COMMAND) && isConcrete(type))
                        .map(JavaClass::getName)
                        .toList());
    }

    @ParameterizedTest
    @FieldSource("MODULES")
    void shouldListOnlyWhatIsThereAndImplementsIt(String module) throws IOException {
        Path folder = ImportedModules.classes(module).resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return;
        }
        JavaClasses classes = ImportedModules.of(module);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(listed(file)).isNotEmpty().doesNotHaveDuplicates().allSatisfy(name -> {
                    assertThat(classes.contain(name)).as(name).isTrue();
                    assertThat(classes.get(name).isAssignableTo(String.valueOf(file.getFileName())))
                            .as("%s is a %s", name, file.getFileName())
                            .isTrue();
                });
            }
        }
    }

    private static boolean isConcrete(JavaClass type) {
        return !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT);
    }

    private static List<String> listed(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
