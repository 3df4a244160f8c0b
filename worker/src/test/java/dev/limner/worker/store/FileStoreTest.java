package dev.limner.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Digests;
import dev.limner.worker.fault.Breaker;
import dev.limner.worker.fault.RetryableException;
import dev.limner.worker.store.ImageStore.StoreObject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileStoreTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryObjectUnderItsDigestAndLeaveNothingElse(FileStore.Durability durability) throws IOException {
        try (FileStore store = new FileStore(folder.resolve("s"), durability, "w", new LocalDisk())) {
            List<StoreObject> objects = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                objects.add(object("picture " + i % 30));
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
    void shouldSayThatTryingAgainMayHelpWhenTheFolderCannotBeUsed() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("s"), "in the way");
        try (FileStore store = new FileStore(notAFolder, FileStore.Durability.FSYNC, "w", new LocalDisk())) {
            assertThatThrownBy(() -> store.put(List.of(object("a"))))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining(notAFolder.toString());
        }
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
        Breaker breaker = new Breaker("store", null, () -> false);

        List<String> uris =
                new PatientImageStore(new MeteredImageStore(new Away(2), registry), breaker).put(List.of(object("a")));

        assertThat(uris).containsExactly("uri");
        assertThat(registry.timer("limner.store.put", "outcome", "failure").count())
                .isEqualTo(2);
        assertThat(registry.timer("limner.store.put", "outcome", "success").count())
                .isEqualTo(1);
    }

    @Test
    void shouldGiveUpOnceTheWorkerIsStopping() {
        ImageStore store = new PatientImageStore(new Away(1), new Breaker("store", null, () -> true));

        assertThatThrownBy(() -> store.put(List.of(object("a")))).isInstanceOf(RetryableException.class);
    }

    /** A store that is away for some puts. */
    private static final class Away implements ImageStore {
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
