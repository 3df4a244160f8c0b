package dev.limner.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;

/**
 * What others compile against, {@code protocol} and {@code client}, is what a file says; a change shows in a review. The
 * files are written anew by {@code mvn -pl src -Dtest=SignatureTest -Dlimner.signatures=write test}.
 */
class SignatureTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("limner.home", ".."), "src/test/resources/signatures");

    @ParameterizedTest
    @ValueSource(strings = {"protocol", "client"})
    void shouldBeWhatTheFileSays(String module) throws IOException {
        List<String> signatures = signatures(ImportedModules.of(module), "dev.limner." + module);
        Path file = FOLDER.resolve(module + ".txt");
        if ("write".equals(System.getProperty("limner.signatures"))) {
            Files.createDirectories(FOLDER);
            Files.write(file, signatures);
        }

        assertThat(signatures)
                .as("public signatures of %s; if the change is meant, write them anew as SignatureTest says", module)
                .hasSizeGreaterThan(20)
                .isEqualTo(Files.readAllLines(file));
    }

    private static List<String> signatures(JavaClasses classes, String module) {
        List<String> lines = new ArrayList<>();
        classes.stream()
                .filter(type -> type.getPackageName().equals(module)
                        || type.getPackageName().startsWith(module + "."))
                .filter(SignatureTest::isVisible)
                .sorted((one, other) -> one.getName().compareTo(other.getName()))
                .forEach(type -> {
                    ClassFile file = ClassFile.of(type);
                    lines.add(type.getName() + kind(type) + file.components());
                    members(type, file).forEach(member -> lines.add("  " + member));
                });
        return lines;
    }

    /** A public class, with everything around it public. */
    private static boolean isVisible(JavaClass type) {
        return isOpen(type)
                && type.getEnclosingClass().map(SignatureTest::isVisible).orElse(true);
    }

    private static boolean isOpen(HasModifiers member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static String kind(JavaClass type) {
        String supertypes = Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
                .map(JavaClass::getName)
                .filter(name -> !name.startsWith("java.lang."))
                .sorted()
                .collect(Collectors.joining(", "));
        return (type.isInterface() ? " interface" : type.isEnum() ? " enum" : type.isRecord() ? " record" : " class")
                + (supertypes.isEmpty() ? "" : " of " + supertypes);
    }

    private static Set<String> members(JavaClass type, ClassFile file) {
        Set<String> members = new TreeSet<>();
        type.getFields().stream()
                .filter(SignatureTest::isOpen)
                .map(field -> field(field) + file.value(field.getName()))
                .forEach(members::add);
        Stream.concat(type.getConstructors().stream(), type.getMethods().stream())
                .filter(SignatureTest::isOpen)
                .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
                .map(SignatureTest::unit)
                .forEach(members::add);
        return members;
    }

    private static String field(JavaField field) {
        return shared(field) + field.getName() + ": " + field.getType().getName();
    }

    private static String unit(JavaCodeUnit unit) {
        return shared(unit)
                + unit.getName()
                + unit.getParameterTypes().stream().map(JavaType::getName).collect(Collectors.joining(", ", "(", ")"))
                + ": " + unit.getReturnType().getName()
                + unit.getExceptionTypes().stream()
                        .map(JavaClass::getName)
                        .sorted()
                        .collect(Collectors.joining(
                                ", ", unit.getExceptionTypes().isEmpty() ? "" : " throws ", ""));
    }

    private static String shared(HasModifiers member) {
        return member.getModifiers().contains(JavaModifier.STATIC) ? "static " : "";
    }

    /** What others compile into their own classes, or write by position: values of constants, names of components. */
    private record ClassFile(Map<String, Object> values, List<String> names) {
        static ClassFile of(JavaClass type) {
            Map<String, Object> values = new HashMap<>();
            List<String> names = new ArrayList<>();
            ClassVisitor visitor = new ClassVisitor(Opcodes.ASM9) {
                @Override
                public FieldVisitor visitField(
                        int access, String name, String descriptor, String signature, Object value) {
                    if (value != null) {
                        values.put(name, value);
                    }
                    return null;
                }

                @Override
                public RecordComponentVisitor visitRecordComponent(String name, String descriptor, String signature) {
                    names.add(name);
                    return null;
                }
            };
            try (InputStream bytes =
                    type.getSource().orElseThrow().getUri().toURL().openStream()) {
                new ClassReader(bytes).accept(visitor, ClassReader.SKIP_CODE);
            } catch (IOException e) {
                throw new UncheckedIOException(type.getName(), e);
            }
            return new ClassFile(values, names);
        }

        String components() {
            return names.isEmpty() ? "" : names.stream().collect(Collectors.joining(", ", " (", ")"));
        }

        String value(String field) {
            Object value = values.get(field);
            return value == null ? "" : " = " + value;
        }
    }
}
