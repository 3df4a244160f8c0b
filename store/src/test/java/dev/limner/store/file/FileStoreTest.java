package dev.limner.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.store.MeteredStore;
import dev.limner.store.ObjectStore;
import dev.limner.store.ObjectStore.StoreObject;
import dev.limner.store.OperatorNeededException;
import dev.limner.store.OutageBreaker;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import dev.limner.store.RetryingStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FileStoreTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryObjectUnderItsDigestAndLeaveNothingElse(FileStore.Durability durability) throws IOException {
        try (FileStore store = new FileStore(folder.resolve("s"), durability, "w", new LocalDisk())) {
            List<StoreObject> objects = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                objects.add(object("image " + i % 30));
            }

            List<String> uris = store.put(objects);
            assertThat(store.put(objects)).isEqualTo(uris);

            for (int i = 0; i < objects.size(); i++) {
                Path file = Path.of(URI.create(uris.get(i)));
                assertThat(file).hasBinaryContent(objects.get(i).bytes());
                assertThat(file.getFileName().toString())
                        .startsWith(objects.get(i).sha256());
            }
            assertThat(files()).hasSize(30);
        }
    }

    @Test
    void shouldReplaceAnObjectWhoseBytesAreNotWhatItsNameSays() throws IOException {
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            Path file = Path.of(URI.create(store.put(List.of(object("whole"))).get(0)));
            Files.writeString(file, "who");

            store.put(List.of(object("whole")));

            assertThat(file).hasContent("whole");
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void shouldSayThatWaitingDoesNotHelpWhenTheFolderIsNone() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("s"), "in the way");
        try (FileStore store = new FileStore(notAFolder, FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            assertThatThrownBy(() -> store.put(List.of(object("a"))))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContaining(notAFolder.toString())
                    .hasMessageContaining("does not pass by itself");
        }
        StoreObject object = object("a");
        Path root = Files.createDirectory(folder.resolve("t"));
        Files.writeString(root.resolve(object.sha256().substring(0, 2)), "in the way");
        try (FileStore store = new FileStore(root, FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            assertThatThrownBy(() -> store.put(List.of(object))).isInstanceOf(OperatorNeededException.class);
        }
    }

    @ParameterizedTest
    @MethodSource
    void shouldTellWhatPassesFromWhatDoesNot(IOException failure, boolean passes) {
        try (FileStore store =
                new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", new FailingDisk(failure))) {
            assertThatThrownBy(() -> store.put(List.of(object("a"))))
                    .isExactlyInstanceOf(passes ? RetryableException.class : OperatorNeededException.class)
                    .hasCause(failure);
        }
    }

    static Stream<Arguments> shouldTellWhatPassesFromWhatDoesNot() {
        return Stream.of(
                arguments(new IOException("No space left on device"), true),
                arguments(new FileSystemException("f", null, "No space left on device"), true),
                arguments(new FileSystemException("f", null, "Disk quota exceeded"), true),
                arguments(new IOException("Input/output error"), true),
                arguments(new IOException("Stale file handle"), true),
                arguments(new FileSystemException("f", null, "Too many open files"), true),
                arguments(new NoSuchFileException("f"), true),
                arguments(new IOException((String) null), true),
                arguments(new IOException("of a file system of next year"), true),
                arguments(new AccessDeniedException("f"), false),
                arguments(new FileSystemException("f", null, "Read-only file system"), false),
                arguments(new IOException("Read-only file system"), false),
                arguments(new FileSystemException("f", null, "Not a directory"), false),
                arguments(new FileSystemException("f", null, "File name too long"), false),
                arguments(new FileSystemException("f", null, "Operation not permitted"), false),
                arguments(new FileSystemLoopException("f"), false));
    }

    /** Else it would count as an image's failure, and the worker would continue without knowing what still works. */
    @Test
    void shouldHandOnAnErrorAsWhatItIs() {
        NoClassDefFoundError broken = new NoClassDefFoundError("injected");
        RecordingDisk disk = new RecordingDisk() {
            @Override
            public void write(Path file, byte[] bytes, boolean force) {
                throw broken;
            }
        };
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", disk)) {
            assertThatThrownBy(() -> store.put(List.of(object("picture")))).isSameAs(broken);
        }
    }

    @Test
    void shouldRejectTheOneObjectThatTheStoreDoesNotTakeAndNoOther() throws IOException {
        StoreObject bad = object("bad");
        Path root = folder.resolve("s");
        Files.createDirectories(root.resolve(bad.sha256().substring(0, 2)).resolve(bad.sha256() + ".png"));
        try (FileStore store = new FileStore(root, FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            assertRejected(store, bad);
            assertThat(store.put(List.of(object("good")))).hasSize(1);
        }
        IOException large = new IOException("File too large");
        try (FileStore store = new FileStore(root, FileStore.Durability.FSYNC, "w", new FailingDisk(large))) {
            assertRejected(store, object("large"));
        }
    }

    private static void assertRejected(FileStore store, StoreObject object) {
        assertThatThrownBy(() -> store.put(List.of(object)))
                .isInstanceOfSatisfying(
                        PermanentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_REJECTED))
                .hasMessageContaining(object.sha256());
    }

    @Test
    void shouldForceWhatLeadsToAnObjectWhoeverMadeIt() throws IOException {
        StoreObject object = object("a");
        Path root = folder.resolve("deep/s");
        Path sub = root.resolve(object.sha256().substring(0, 2));
        // Another worker has made the folders a moment ago and has not forced them yet.
        Files.createDirectories(sub);
        RecordingDisk disk = new RecordingDisk();
        try (FileStore store = new FileStore(root, FileStore.Durability.FSYNC, "w", disk)) {
            store.put(List.of(object));
            assertThat(disk.forced).contains(sub, root, root.getParent(), folder);

            disk.forced.clear();
            store.put(List.of(object));
            assertThat(disk.forced).containsExactly(sub);

            // Somebody removes the store and makes it anew.
            Files.delete(sub.resolve(object.sha256() + ".png"));
            Files.delete(sub);
            Files.delete(root);
            disk.forced.clear();
            store.put(List.of(object));
            assertThat(disk.forced).contains(sub, root, root.getParent());
        }
    }

    @Test
    void shouldPutAnewWhatItCannotMakeItsOwn() throws IOException {
        StoreObject object = object("a");
        Path file = folder.resolve("s").resolve(object.sha256().substring(0, 2)).resolve(object.sha256() + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, object.bytes());
        Object before = Files.getAttribute(file, "unix:ino");
        Disk untouchable = new RecordingDisk() {
            @Override
            public void touch(Path touched) throws IOException {
                throw new FileSystemException(touched.toString(), null, "Operation not permitted");
            }
        };
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", untouchable)) {
            store.put(List.of(object));
        }
        assertThat(file).hasBinaryContent(object.bytes());
        assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(before);
    }

    /** Whoever clears the store looked before it was touched, and takes its name right after. */
    @Test
    void shouldPutAnewWhatIsTakenAwayWhileItIsMadeItsOwn() throws IOException {
        StoreObject object = object("a");
        Path file = folder.resolve("s").resolve(object.sha256().substring(0, 2)).resolve(object.sha256() + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, object.bytes());
        Disk cleared = new RecordingDisk() {
            @Override
            public void force(Path forced) throws IOException {
                super.force(forced);
                Files.delete(forced);
            }
        };
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", cleared)) {
            store.put(List.of(object));
        }
        assertThat(file).hasBinaryContent(object.bytes());
    }

    @Test
    void shouldGiveObjectsTheirNamesBackThatAKilledClearanceLeftWithout() throws IOException {
        Path sub = Files.createDirectories(folder.resolve("s/ab"));
        Path condemned = Files.writeString(sub.resolve(".gc~" + "ab".repeat(32) + ".png"), "picture");

        new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", new LocalDisk()).close();

        assertThat(sub.resolve("ab".repeat(32) + ".png")).hasContent("picture");
        assertThat(condemned).doesNotExist();
    }

    @Test
    void shouldSweepAFolderThatIsALink() throws IOException {
        Path sub = Files.createDirectories(folder.resolve("s/ab"));
        Path halfWritten = Files.writeString(sub.resolve(".tmp~w~1"), "pict");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("s"));

        new FileStore(link, FileStore.Durability.FSYNC, "w", new LocalDisk()).close();

        assertThat(halfWritten).doesNotExist();
    }

    @Test
    void shouldMarkTheFolderBeforeTheFirstObjectAndOnlyOnce() throws IOException {
        FleetMarks fleets = new FleetMarks(folder.resolve("s"));
        FleetMarks.Fleet fleet = new FleetMarks.Fleet("cluster", "limner", "kafka:9092");
        AtomicInteger asked = new AtomicInteger();
        try (FileStore files = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            ObjectStore store = new MarkedStore(files, fleets, () -> {
                if (asked.getAndIncrement() == 0) {
                    throw new IllegalStateException("no broker");
                }
                return fleet;
            });
            assertThatThrownBy(() -> store.put(List.of(object("a")))).isInstanceOf(RetryableException.class);
            assertThat(folder.resolve("s")).doesNotExist();

            store.put(List.of(object("a")));
            store.put(List.of(object("b")));
        }
        assertThat(asked).hasValue(2);
        assertThat(fleets.all()).containsExactly(fleet);
    }

    @Test
    void shouldRemoveWhatAnEarlierProcessOfItsNameLeftHalfWritten() throws IOException {
        Path folder = Files.createDirectories(this.folder.resolve("s/ab"));
        Path mine = Files.writeString(folder.resolve(".tmp~w~7"), "half");
        Path others = Files.writeString(folder.resolve(".tmp~w-2~7"), "half");

        new FileStore(this.folder.resolve("s"), FileStore.Durability.FSYNC, "w", new LocalDisk()).close();

        assertThat(mine).doesNotExist();
        assertThat(others).exists();
    }

    @Test
    void shouldSayWhereAnObjectIsBeforeItIsPut() {
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            StoreObject object = object("a");
            String before = store.uri(object).toString();

            assertThat(store.put(List.of(object))).containsExactly(before);
        }
    }

    @Test
    void shouldPutAgainUntilTheStoreIsBackAndCountTheFailures() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        OutageBreaker breaker = new OutageBreaker("store", null, () -> false);

        List<String> uris =
                new RetryingStore(new MeteredStore(new Away(2), registry), breaker).put(List.of(object("a")));

        assertThat(uris).containsExactly("uri");
        assertThat(registry.timer("limner.store.put", "outcome", "failure").count())
                .isEqualTo(2);
        assertThat(registry.timer("limner.store.put", "outcome", "success").count())
                .isEqualTo(1);
    }

    @Test
    void shouldGiveUpOnceTheWorkerIsStopping() {
        ObjectStore store = new RetryingStore(new Away(1), new OutageBreaker("store", null, () -> true));

        assertThatThrownBy(() -> store.put(List.of(object("a")))).isInstanceOf(RetryableException.class);
    }

    /** A store that is unavailable for some puts. */
    private static final class Away implements ObjectStore {
        private final AtomicInteger failures;

        Away(int failures) {
            this.failures = new AtomicInteger(failures);
        }

        @Override
        public URI uri(StoreObject object) {
            return URI.create("uri");
        }

        @Override
        public List<String> put(List<StoreObject> objects) {
            if (failures.getAndDecrement() > 0) {
                throw new RetryableException("away", new IOException("away"));
            }
            return List.of("uri");
        }
    }

    /** A disk on which nothing can be written. */
    private static final class FailingDisk extends RecordingDisk {
        private final IOException failure;

        FailingDisk(IOException failure) {
            this.failure = failure;
        }

        @Override
        public void write(Path file, byte[] bytes, boolean force) throws IOException {
            throw failure;
        }
    }

    /** The machine's disk, and which folders were forced. */
    private static class RecordingDisk implements Disk {
        private final LocalDisk real = new LocalDisk();
        private final Set<Path> forced = ConcurrentHashMap.newKeySet();

        @Override
        public boolean isFolder(Path folder) {
            return real.isFolder(folder);
        }

        @Override
        public void createFolders(Path folder) throws IOException {
            real.createFolders(folder);
        }

        @Override
        public byte[] read(Path file) throws IOException {
            return real.read(file);
        }

        @Override
        public boolean exists(Path file) {
            return real.exists(file);
        }

        @Override
        public void write(Path file, byte[] bytes, boolean force) throws IOException {
            real.write(file, bytes, force);
        }

        @Override
        public void force(Path file) throws IOException {
            real.force(file);
        }

        @Override
        public void touch(Path file) throws IOException {
            real.touch(file);
        }

        @Override
        public void rename(Path file, Path to) throws IOException {
            real.rename(file, to);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            real.forceFolder(folder);
            forced.add(folder);
        }

        @Override
        public void deleteIfExists(Path file) throws IOException {
            real.deleteIfExists(file);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("s"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static StoreObject object(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new StoreObject(bytes, Digests.sha256(bytes), "png");
    }
}
