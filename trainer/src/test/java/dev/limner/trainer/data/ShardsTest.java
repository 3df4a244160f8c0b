package dev.limner.trainer.data;

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

class ShardsTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWroteAndWriteEqualBytesForEqualPictures() throws IOException {
        byte[] rgb = new byte[3 * 32 * 32];
        new SplittableRandom(1).nextBytes(rgb);
        CaptionedImage image = new CaptionedImage(
                "1f34e", new Pixels(32, 32, rgb), Map.of("en", List.of("red apple", "apple"), "zh", List.of("红苹果")));

        Shards.write(folder.resolve("a.tar.gz"), List.of(image));
        byte[] first = Files.readAllBytes(folder.resolve("a.tar.gz"));
        Shards.write(folder.resolve("a.tar.gz"), List.of(image));
        DataSet set = Shards.read(folder, 32, (entry, why) -> {
            throw new AssertionError(entry + why);
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
            put(tar, "lonely.png", "x");
            put(tar, "unreadable.png", "not a picture");
            put(tar, "unreadable.json", "{\"captions\":{\"en\":[\"a\"]}}");
            put(tar, "notes.md", "hello");
        }
        List<String> skipped = new ArrayList<>();

        DataSet set = Shards.read(folder, 32, (entry, why) -> skipped.add(entry + ": " + why));

        assertThat(set.images()).isEmpty();
        assertThat(skipped)
                .contains("lonely: no captions", "notes.md: unknown extension", "unreadable: no picture in 13 bytes");
    }

    @Test
    void shouldNameAFolderWithoutShards() {
        assertThatThrownBy(() -> Shards.read(folder, 32, (entry, why) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void shouldHoldTheShippedEmojiInTwoLanguages() {
        DataSet emoji = Shards.read(Path.of("../data/emoji"), 64, (entry, why) -> {
            throw new AssertionError(entry + why);
        });

        assertThat(emoji.images()).hasSize(1911);
        assertThat(emoji.images())
                .allSatisfy(image -> assertThat(image.captionsIn("en")).isNotEmpty());
        assertThat(emoji.images().stream()
                        .filter(image -> !image.captionsIn("zh").isEmpty()))
                .hasSizeGreaterThan(1900);
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
