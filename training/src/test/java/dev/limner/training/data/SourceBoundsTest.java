package dev.limner.training.data;

import static dev.limner.training.data.FieldFolderTest.image;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large a file may be that is read as a whole: at the bound, just under and just over it. */
class SourceBoundsTest {
    private static final int MOST = 1000;
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final List<String> taken = new ArrayList<>();
    private final Map<String, String> skipped = new TreeMap<>();

    @Test
    void shouldPassOverImagesOverTheBound() throws IOException {
        Files.write(folder.resolve("at.png"), new byte[MOST]);
        Files.write(folder.resolve("over.png"), new byte[MOST + 1]);
        Files.write(folder.resolve("under.png"), new byte[MOST - 1]);

        read(new FolderSource(folder, "en", MOST));

        assertThat(taken).containsExactlyInAnyOrder("at.png", "under.png");
        assertThat(skipped).isEqualTo(Map.of("over.png", "the image is too large: 1001 bytes, at most 1000"));
    }

    @Test
    void shouldPassOverImagesOfMoreThanHalfAGibibyte() throws IOException {
        sparse(folder.resolve("over.png"), 512 * MIB + 1);

        read(new FolderSource(folder, "en"));

        assertThat(taken).isEmpty();
        assertThat(skipped).isEqualTo(Map.of("over.png", "the image is too large: 536870913 bytes, at most 536870912"));
    }

    @Test
    void shouldPassOverImagesWhoseCaptionIsNoText() throws IOException {
        for (String name : List.of("at", "over")) {
            Files.write(folder.resolve(name + ".png"), image(1));
            sparse(folder.resolve(name + ".txt"), 16 * MIB + (name.equals("over") ? 1 : 0));
        }

        read(new FolderSource(folder, "en"));

        assertThat(skipped.keySet()).containsExactly("at.png", "over.png");
        // A text that is read as a whole, and is no caption.
        assertThat(skipped.get("at.png")).doesNotContain("at most 16777216");
        assertThat(skipped)
                .containsEntry(
                        "over.png",
                        "the description cannot be read: over.txt has 16777217 bytes, a caption's file at most"
                                + " 16777216");
    }

    @Test
    void shouldPassOverEntriesOverTheBound() throws IOException {
        Path shard = tar(Map.of("at.png", MOST, "over.png", MOST + 1, "under.png", MOST - 1));

        read(new ShardSource(shard, "en", MOST));

        assertThat(taken).containsExactlyInAnyOrder("s.tar:at.png", "s.tar:under.png");
        assertThat(skipped).isEqualTo(Map.of("s.tar:over.png", "the image is too large: 1001 bytes, at most 1000"));
    }

    @Test
    void shouldPassOverWhatIsTooMuchOfOneName() throws IOException {
        Path at = tar(Map.of("a.bmp", MOST, "a.gif", MOST, "a.jpg", MOST, "a.png", MOST));
        read(new ShardSource(at, "en", MOST));
        assertThat(taken).hasSize(4);
        assertThat(skipped).isEmpty();
        taken.clear();

        Path over = tar(Map.of("a.bmp", MOST, "a.gif", MOST, "a.jpg", MOST, "a.png", MOST, "a.webp", 1, "b.png", 1));
        read(new ShardSource(over, "en", MOST));
        assertThat(taken).hasSize(5).contains("s.tar:b.png").doesNotContain("s.tar:a.webp");
        assertThat(skipped)
                .isEqualTo(Map.of(
                        "s.tar:a.webp",
                        "the image is too large: 4001 bytes with the entries before it of the same name, at most"
                                + " 4000"));
    }

    private void read(RawImage.Source source) {
        source.read(
                image -> taken.add(image.place()),
                (entry, reason, detail) -> skipped.put(entry, reason.text() + ": " + detail));
    }

    private static void sparse(Path file, long size) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.position(size - 1);
            Channels.newOutputStream(channel).write(0);
        }
    }

    /** @param sizes of the entries by name, written by name */
    private Path tar(Map<String, Integer> sizes) throws IOException {
        Path file = folder.resolve("s.tar");
        try (OutputStream out = Files.newOutputStream(file);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            for (Map.Entry<String, Integer> each : new TreeMap<>(sizes).entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(each.getKey());
                entry.setSize(each.getValue());
                tar.putArchiveEntry(entry);
                tar.write(new byte[each.getValue()]);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }
}
