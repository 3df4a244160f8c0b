package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiSourceTest {
    private static final String INDEX = """
            [{"unified": "1F431", "image": "1f431.png", "category": "Animals & Nature"},
             {"unified": "1F34E", "image": "1f34e.png", "category": "Food & Drink"},
             {"unified": "2764-FE0F", "image": "2764-fe0f.png", "category": "Smileys & Emotion"}]""";
    private static final String NAMES = """
            [{"hexcode": "1F431", "label": "cat face", "tags": ["cat", "pet"]},
             {"hexcode": "1F34E", "label": "red apple", "tags": ["fruit"]},
             {"hexcode": "2764", "label": "red heart", "tags": []}]""";

    @TempDir
    Path folder;

    private Path images;
    private Path names;

    @BeforeEach
    void makePackages() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("package/emoji.json", INDEX);
        for (String vendor : List.of("google", "twitter")) {
            for (String image : List.of("1f431.png", "1f34e.png", "2764-fe0f.png")) {
                entries.put("package/img/" + vendor + "/64/" + image, vendor + " " + image);
            }
        }
        images = tarball("pictures.tgz", entries);
        names = tarball("names.tgz", Map.of("package/en/data.json", NAMES));
    }

    @Test
    void shouldReadAllOfAnArtworkWithNamesWhoseVariationSelectorsDiffer() {
        List<RawImage> read = read(EmojiArtwork.NOTO, null);

        assertThat(read).extracting(RawImage::key).containsExactly("1f431", "1f34e", "2764");
        assertThat(read)
                .extracting(picture -> picture.captions().get("en"))
                .containsExactly(
                        List.of("cat face", "cat face, cat, pet", "cat pet"),
                        List.of("red apple", "red apple, fruit", "fruit"),
                        List.of("red heart"));
        assertThat(read)
                .extracting(picture -> new String(picture.file(), StandardCharsets.US_ASCII))
                .containsExactly("google 1f431.png", "google 1f34e.png", "google 2764-fe0f.png");
    }

    @Test
    void shouldReadOneCategoryOfAnotherArtwork() {
        assertThat(read(EmojiArtwork.TWEMOJI, "Food & Drink"))
                .extracting(picture -> new String(picture.file(), StandardCharsets.US_ASCII))
                .containsExactly("twitter 1f34e.png");
    }

    @Test
    void shouldAnswerAWrongCategoryWithTheRightOnes() {
        assertThatThrownBy(() -> read(EmojiArtwork.NOTO, "food & drink"))
                .isInstanceOf(DataException.class)
                .hasMessage("there is no category 'food & drink' of emoji, there are Animals & Nature, Food & Drink,"
                        + " Smileys & Emotion");
    }

    @Test
    void shouldSayWhatThePackagesDoNotHaveBeforeAnythingIsRead() {
        assertThat(source(List.of("en"), "Food & Drink").complaint()).isEmpty();
        assertThat(source(List.of("en"), null).complaint()).isEmpty();
        assertThat(source(List.of("en"), "").complaint())
                .hasValueSatisfying(said ->
                        assertThat(said).startsWith("there is no category '' of emoji, there are Animals & Nature, "));
        assertThat(source(List.of("en", "tlh"), null).complaint())
                .contains(names + " holds no names in the language 'tlh'");
    }

    private EmojiSource source(List<String> languages, @Nullable String category) {
        return new EmojiSource(EmojiArtwork.NOTO, images, names, languages, category);
    }

    private List<RawImage> read(EmojiArtwork artwork, @Nullable String category) {
        List<RawImage> read = new ArrayList<>();
        new EmojiSource(artwork, images, names, List.of("en"), category).read(read::add, (entry, reason, detail) -> {
            throw new AssertionError(entry + " was skipped: " + reason);
        });
        return read;
    }

    private Path tarball(String name, Map<String, String> entries) throws IOException {
        Path file = folder.resolve(name);
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                byte[] bytes = entry.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
                header.setSize(bytes.length);
                tar.putArchiveEntry(header);
                tar.write(bytes);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }
}
