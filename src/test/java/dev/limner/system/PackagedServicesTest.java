package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is deployed cannot be told to fail: faults are loaded from elsewhere, and from nowhere but where the JVM is told. */
class PackagedServicesTest {
    private static final String KIT = "dev/limner/testkit/fault/";

    @TempDir
    Path folder;

    static List<Path> services() {
        return List.of(Home.WORKER.getParent(), Home.TRAINER.getParent());
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldHoldNoFaultAndNoSeededBug(Path service) throws IOException {
        Set<String> words = new TreeSet<>(SeededBugs.all());
        SeededBugs.all()
                .forEach(mistake -> words.add(mistake.toUpperCase(Locale.ROOT).replace('-', '_')));
        Set<String> classes = kit();
        classes.forEach(name -> words.add(KIT + name));
        words.addAll(Set.of("limner/testkit", "sabotage", "SeededBug"));
        assertThat(classes).hasSizeGreaterThan(30).contains("bug/SkipFsync", "WorkerFaults", "DeviceFails");

        List<String> found = new ArrayList<>();
        int read = 0;
        for (Path jar : jars(service)) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    if (isOfTheKit(entry.getName(), classes)) {
                        found.add(jar.getFileName() + ": " + entry.getName());
                    }
                    if (isOurs(jar, entry)) {
                        String content =
                                new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                        words.stream()
                                .filter(content::contains)
                                .forEach(word -> found.add(entry.getName() + " says " + word));
                        read++;
                    }
                }
            }
        }

        assertThat(found).isEmpty();
        assertThat(read).isGreaterThan(100);
    }

    /** Names of the kit's classes below its package; those in what is built are what the packaged services are held against. */
    private static Set<String> kit() throws IOException {
        try (ZipFile kit = new ZipFile(Home.FAULT_KIT.toFile())) {
            return Collections.list(kit.entries()).stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(KIT) && name.endsWith(".class") && !name.contains("package-info"))
                    .map(name -> name.substring(KIT.length(), name.length() - ".class".length()))
                    .collect(Collectors.toSet());
        }
    }

    private static boolean isOfTheKit(String entry, Set<String> classes) {
        Set<String> simple = new HashSet<>();
        classes.forEach(name -> simple.add(name.substring(name.lastIndexOf('/') + 1)));
        return entry.startsWith("dev/limner/testkit/")
                || (entry.startsWith("dev/limner/")
                        && entry.endsWith(".class")
                        && simple.contains(
                                entry.substring(entry.lastIndexOf('/') + 1, entry.length() - ".class".length())))
                || (entry.startsWith("META-INF/services/dev.limner") && entry.contains(".fault."));
    }

    /** Whether what it says is written here, or generated from that by Quarkus. */
    private static boolean isOurs(Path jar, ZipEntry entry) {
        String name = String.valueOf(jar.getFileName());
        return !entry.isDirectory()
                && (name.contains("limner") || name.contains("bytecode"))
                && (entry.getName().endsWith(".class") || entry.getName().endsWith(".properties"));
    }

    private static List<Path> jars(Path service) throws IOException {
        try (Stream<Path> files = Files.walk(service)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    /** A worker that went on without the faults it is meant to have would make a trial of nothing. */
    @Test
    void shouldRefuseToStartWithoutTheFaultsItIsToldToHave() throws Exception {
        assertThat(refusal("-Dlimner.faults.worker.sabotage=skip-fsync"))
                .contains("limner.faults.worker.sabotage asks for faults, and limner.faults.worker names no kit");
        assertThat(refusal("-Dlimner.faults.worker=/nowhere/kit.jar"))
                .contains("limner.faults.worker is /nowhere/kit.jar, which is no file");
        assertThat(refusal("-Dlimner.faults.worker=" + Home.WORKER)).contains("which holds no ");
        assertThat(refusal("-Dlimner.worker.drill.folder=/o")).contains("limner.worker.drill.folder");
        assertThat(refusal("-Dlimner.faults.worker=" + Home.FAULT_KIT))
                .contains("FAULT INJECTION IS ON", "limner.faults.worker.orders is not set");
    }

    private String refusal(String argument) throws Exception {
        String name = "refuses-" + Integer.toHexString(argument.hashCode());
        try (TestWorker worker =
                TestWorker.start(new Topics("refuses"), name, folder, "-Dlimner.worker.generator=constant", argument)) {
            assertThat(worker.ended()).isEqualTo(1);
            return worker.log();
        }
    }
}
