package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardFilesTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWroteAndWriteEqualBytesForEqualImages() throws IOException {
        byte[] rgb = new byte[3 * 32 * 32];
        new SplittableRandom(1).nextBytes(rgb);
        CaptionedImage image = new CaptionedImage(
                "1f34e", new Pixels(32, 32, rgb), Map.of("en", List.of("red apple", "apple"), "zh", List.of("红苹果")));

        ShardFiles.write(folder.resolve("a.tar.gz"), List.of(image));
        byte[] first = Files.readAllBytes(folder.resolve("a.tar.gz"));
        ShardFiles.write(folder.resolve("a.tar.gz"), List.of(image));
        DataSettings.ofPixels(32, 20).write(folder);
        DataSet set = ShardFiles.read(folder, 32, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });

        assertThat(Files.readAllBytes(folder.resolve("a.tar.gz"))).isEqualTo(first);
        assertThat(set.images()).singleElement().satisfies(read -> {
            assertThat(read.key()).isEqualTo("1f34e");
            assertThat(read.pixels().rgb()).isEqualTo(rgb);
            assertThat(read.captionsIn("en")).containsExactly("red apple", "apple");
            assertThat(read.captionsIn("zh")).containsExactly("红苹果");
            assertThat(read.captionsIn("fr")).isEmpty();
        });
    }

    @Test
    void shouldSayWhatItSkipsAndWhy() throws IOException {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("bad.tar")))) {
            put(tar, "unreadable.png", "not an image");
            put(tar, "unreadable.json", "{\"captions\":{\"en\":[\"a\"]}}");
            put(tar, "notes.md", "hello");
            put(tar, "lost.json", "{\"captions\":{\"en\":[\"a\"]}}");
        }
        List<String> skipped = new ArrayList<>();

        DataSettings.ofPixels(32, 20).write(folder);

        DataSet set = ShardFiles.read(
                folder, 32, (entry, reason, detail) -> skipped.add(entry + ": " + reason.text() + " " + detail));

        assertThat(set.images()).isEmpty();
        assertThat(skipped)
                .contains(
                        "bad.tar:notes.md: neither an image nor a caption file 5 bytes",
                        "bad.tar:unreadable.png: the image cannot be read no image in 12 bytes",
                        "bad.tar:lost: there is no image next to it: the entries of an image must follow one another");
    }

    @Test
    void shouldNameAFolderWithoutShards() {
        assertThatThrownBy(() -> ShardFiles.read(folder, 32, (entry, reason, detail) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder + " is no data set");
    }

    @Test
    void shouldHoldTheShippedEmojiInTwoLanguages() {
        DataSet emoji = ShardFiles.read(Path.of("../data/emoji"), 64, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });

        assertThat(emoji.images()).hasSize(1897);
        assertThat(emoji.images())
                .allSatisfy(image -> assertThat(image.captionsIn("en")).isNotEmpty());
        assertThat(emoji.images().stream()
                        .filter(image -> !image.captionsIn("zh").isEmpty()))
                .hasSizeGreaterThan(1880);
    }

    private static void put(TarArchiveOutputStream tar, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }
}
