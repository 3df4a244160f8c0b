package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSlotTest {
    @TempDir
    Path folder;

    @Test
    void shouldGiveEveryWorkerASlotOfItsOwnAndTheNextOneWhatIsLeft() throws IOException {
        Path root = folder.resolve("cache");
        try (CacheSlot one = CacheSlot.take(root)) {
            Files.writeString(one.folder().resolve("copy"), "kept");
            try (CacheSlot two = CacheSlot.take(root)) {
                assertThat(two.folder()).isNotEqualTo(one.folder());
                assertThat(two.shared("revision")).isEqualTo(one.shared("revision"));
            }
        }
        try (CacheSlot again = CacheSlot.take(root)) {
            assertThat(again.folder().resolve("copy")).hasContent("kept");
        }
    }

    @Test
    void shouldLetNobodyElseInWhateverTheUmask() throws IOException {
        try (CacheSlot slot = CacheSlot.take(folder.resolve("cache"))) {
            assertThat(permissions(folder.resolve("cache"))).isEqualTo("rwx------");
            assertThat(permissions(slot.folder())).isEqualTo("rwx------");
        }
    }

    @Test
    void shouldPassOverWhatSomebodyElsePutInItsPlace() throws IOException {
        Path victim = Files.createDirectory(folder.resolve("victim"));
        Path root = Files.createDirectory(folder.resolve("cache"));
        Files.createSymbolicLink(root.resolve("slot-0"), victim);
        Files.writeString(root.resolve("slot-1"), "a file");
        Files.writeString(Files.createDirectory(root.resolve("slot-2")).resolve("mine"), "a folder of somebody's");
        Path open = Files.createDirectory(root.resolve("slot-3"));
        Files.createFile(open.resolve(".limner-bundles"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path empty = Files.createDirectory(
                root.resolve("slot-4"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        try (CacheSlot slot = CacheSlot.take(root)) {
            // What a kill between folder and mark leaves is taken.
            assertThat(slot.folder()).isEqualTo(empty);
        }
        assertThat(victim).isEmptyDirectory();
        assertThat(root.resolve("slot-2/mine")).exists();
    }

    @Test
    void shouldNotWaitForAnotherProcessNorTakeItsSlot() throws Exception {
        Path root = folder.resolve("cache");
        CacheSlot.take(root).close();
        Process other = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        try (var lines = other.inputReader()) {
            String taken = lines.lines()
                    .filter(line -> line.startsWith("slot "))
                    .findFirst()
                    .orElseThrow();
            assertThat(taken).isEqualTo("slot " + root.resolve("slot-0"));
            try (CacheSlot mine = CacheSlot.take(root)) {
                assertThat(mine.folder()).isEqualTo(root.resolve("slot-1"));
            }
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        try (CacheSlot freed = CacheSlot.take(root)) {
            assertThat(freed.folder()).isEqualTo(root.resolve("slot-0"));
        }
    }

    @Test
    void shouldNameTheFolderThatCannotBeUsed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> CacheSlot.take(file.resolve("cache")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limner.worker.models.cache is " + file.resolve("cache"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
