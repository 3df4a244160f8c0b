package dev.limner.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFolderTest {
    @TempDir
    Path folder;

    @Test
    void shouldClearAFolderThatIsALink() throws IOException {
        Path sub = Files.createDirectories(folder.resolve("disk/ab"));
        Path object = Files.writeString(sub.resolve("ab".repeat(32) + ".png"), "picture");
        StoreFolder store = new StoreFolder(Files.createSymbolicLink(folder.resolve("store"), folder.resolve("disk")));
        Instant later = Instant.now().plusSeconds(60);

        StoreFolder.Sweep sweep = store.sweep(store.list(later), Set.of(), later, true);

        assertThat(sweep.objects()).isEqualTo(1);
        assertThat(object).doesNotExist();
    }
}
