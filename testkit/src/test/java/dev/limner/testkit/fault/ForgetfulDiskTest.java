package dev.limner.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Digests;
import dev.limner.store.ObjectStore.StoreObject;
import dev.limner.store.RetryableException;
import dev.limner.store.file.Disk;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgetfulDiskTest {
    @TempDir
    Path folder;

    private final StoreObject object = object("picture");

    @Test
    void shouldShowOthersWhatWasForced() {
        assertThat(Path.of(URI.create(put(FileStore.Durability.FSYNC)))).hasContent("picture");
    }

    @Test
    void shouldShowOthersNothingThatWasNotForced() {
        assertThat(Path.of(URI.create(put(FileStore.Durability.OS)))).doesNotExist();
    }

    @Test
    void shouldHoldWhatItHasNotForcedForItsOwnProcess() throws IOException {
        Disk disk = disk();
        Path file = folder.resolve("a");
        disk.write(folder.resolve("t"), new byte[] {1}, false);
        disk.rename(folder.resolve("t"), file);
        assertThat(disk.exists(file)).isTrue();
        assertThat(disk.read(file)).containsExactly(1);
        disk.forceFolder(folder);
        assertThat(file).doesNotExist();

        disk.force(file);
        disk.forceFolder(folder);

        assertThat(file).hasBinaryContent(new byte[] {1});
    }

    @Test
    void shouldBeFullWhileThatIsOrderedAndSaySo() throws IOException {
        Path orders = Files.createDirectories(folder.resolve("orders"));
        Files.writeString(orders.resolve("disk-full"), "");

        assertThatThrownBy(() -> put(FileStore.Durability.FSYNC))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("No space left on device");
        assertThat(orders.resolve("hit-disk-full")).exists();

        Files.delete(orders.resolve("disk-full"));
        assertThat(Path.of(URI.create(put(FileStore.Durability.FSYNC)))).exists();
    }

    /** As a worker with the whole kit has it. */
    private Disk disk() {
        return new WorkerFaults(new FaultOrders(folder.resolve("orders")), List.of()).disk(new LocalDisk());
    }

    private String put(FileStore.Durability durability) {
        Disk disk = disk();
        try (FileStore store = new FileStore(folder.resolve("store"), durability, "w", disk)) {
            return store.put(List.of(object)).get(0);
        }
    }

    private static StoreObject object(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new StoreObject(bytes, Digests.sha256(bytes), "png");
    }
}
