package dev.limner.training.data.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataImport;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.RawImage;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.SkippedEntries;
import dev.limner.training.data.StyleUse;
import dev.limner.training.data.TestPackages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a few files of each of the real packages. */
class EmojiSourceTest {
    private static final String CAT = "1f431";
    private static final String SCOTLAND = "1f3f4-e0067-e0062-e0073-e0063-e0074-e007f";

    @TempDir
    Path folder;

    private NpmPackage names = new NpmPackage(Path.of("none"));
    private final List<String> missing = new ArrayList<>();

    @BeforeEach
    void packNames() {
        names = TestPackages.pack("emojibase-data", folder);
    }

    @Test
    void shouldReadAStyleInUnicodesOrderWithoutSkinTonesAndLetters() {
        List<RawImage> read = read(List.of("noto"), "en", null, StyleUse.NONE);

        assertThat(read)
                .extracting(RawImage::key)
                .containsExactly("2764", "1f468-200d-1f4bb", "1f469-200d-1f4bb", CAT, "00ae", SCOTLAND);
        assertThat(missing).containsExactly("1faea NO_PICTURE of 'distorted face' in Noto Emoji");
        assertThat(read.get(3).captions().get("en"))
                .containsExactly(
                        "cat face", "cat face, animal, cat, face, kitten, kitty", "animal cat face kitten kitty");
        assertThat(read.get(3).attributes().label()).isNull();
        assertThat(read).extracting(image -> image.attributes().subject()).contains("1f9d1-200d-1f4bb");
    }

    @Test
    void shouldFindTheSameEmojiInEveryStyleHoweverItsPackageSpellsIt() {
        List<String> styles = EmojiStyle.all().stream().map(EmojiStyle::id).toList();
        List<RawImage> read = read(styles, "en", null, new StyleUse(true, false));

        assertThat(styles).containsExactly("noto", "twemoji", "openmoji", "openmoji-black", "fluent-3d", "fluent-flat");
        for (String style : styles) {
            assertThat(read)
                    .filteredOn(image -> Objects.equals(image.attributes().style(), style))
                    .extracting(image -> image.attributes().subject())
                    .as(style)
                    .contains("2764", CAT, "00ae");
        }
        assertThat(read).extracting(RawImage::key).doesNotHaveDuplicates().contains(CAT, "00ae-fluent-3d");
        assertThat(read)
                .allSatisfy(image -> assertThat(image.attributes().label())
                        .isEqualTo(image.attributes().style())
                        .isEqualTo(image.attributes().source()));
        // Of the flat ones nobody with a tie.
        assertThat(missing)
                .contains("1f468-200d-1f4bb-fluent-flat NO_PICTURE of 'man technologist' in Fluent Emoji, flat");
    }

    @Test
    void shouldPutAllStylesIntoOneSetWithTheirTerms() {
        List<String> styles = EmojiStyle.all().stream().map(EmojiStyle::id).toList();
        EmojiSource source = source(styles, "en,zh", null, new StyleUse(false, true));

        DataImport.Outcome outcome = DataImport.run(source, folder.resolve("set"), DataSettings.of(32, 10, 10));
        DataSet set = ShardFiles.read(folder.resolve("set"), 32, (entry, reason, detail) -> {});

        assertThat(outcome.added()).isEqualTo(set.images().size()).isGreaterThan(30);
        assertThat(set.images())
                .filteredOn(image -> CAT.equals(image.subject()))
                .hasSize(styles.size())
                .extracting(set::splitOf)
                .containsOnly(set.splitOf(one(set, CAT)));
        assertThat(one(set, CAT + "-openmoji-black").captionsIn("en"))
                .startsWith("cat face, in the openmoji black style");
        assertThat(one(set, CAT + "-twemoji").captionsIn("zh").get(0)).isEqualTo("猫脸，twemoji风格");
        assertThat(source.sources())
                .extracting(DataSource::licence)
                .containsExactly("Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-SA-4.0", "MIT", "MIT");
        assertThat(source.sources()).allSatisfy(one -> {
            assertThat(one.shareAlike()).isEqualTo(DataSource.isShareAlike(one.licence()));
            assertThat(one.attribution()).isNotBlank();
        });
    }

    private static CaptionedImage one(DataSet set, String key) {
        return set.images().stream()
                .filter(image -> image.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldReadOneCategory() {
        assertThat(read(List.of("openmoji"), "en", "Animals & Nature", StyleUse.NONE))
                .extracting(RawImage::key)
                .containsExactly(CAT + "-openmoji");
    }

    @Test
    void shouldSayWhatThePackagesDoNotHaveBeforeAnythingIsRead() {
        assertThat(source(List.of("noto"), "en", "Food & Drink", StyleUse.NONE).complaint())
                .isEmpty();
        assertThat(source(List.of("noto"), "en", "food & drink", StyleUse.NONE).complaint())
                .hasValueSatisfying(said -> assertThat(said)
                        .startsWith("there is no category 'food & drink' of emoji, there are Smileys & Emotion, "));
        assertThat(source(List.of("noto"), "en,tlh", null, StyleUse.NONE).complaint())
                .contains(names.tarball() + " holds no names in the language 'tlh'");
        assertThatThrownBy(() -> EmojiStyle.named("notto"))
                .isInstanceOf(DataException.class)
                .hasMessage("there is no style 'notto' of emoji, there are noto, twemoji, openmoji, openmoji-black,"
                        + " fluent-3d, fluent-flat");
    }

    private EmojiSource source(List<String> styles, String languages, @Nullable String category, StyleUse use) {
        return new EmojiSource(
                styles.stream()
                        .map(EmojiStyle::named)
                        .map(style -> new EmojiSource.StyledPackage(
                                style, TestPackages.pack(style.images().fileStem(), folder)))
                        .toList(),
                new EmojiNames(names, Stream.of(languages.split(",")).toList()),
                category,
                use);
    }

    private List<RawImage> read(List<String> styles, String languages, @Nullable String category, StyleUse use) {
        List<RawImage> read = new ArrayList<>();
        SkippedEntries skipped = (entry, reason, detail) -> missing.add(entry + " " + reason + " " + detail);
        source(styles, languages, category, use).read(read::add, skipped);
        return read;
    }
}
