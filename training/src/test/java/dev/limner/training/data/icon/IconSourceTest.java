package dev.limner.training.data.icon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataImport;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.RawImage;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.StyleUse;
import dev.limner.training.data.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over a few icons of real sets. */
class IconSourceTest {
    @TempDir
    Path folder;

    private final List<String> skipped = new ArrayList<>();

    @Test
    void shouldReadIconsWithVariantsAsOneSubjectOverAllSets() {
        List<RawImage> read = read("tabler", "lucide", "mdi");

        assertThat(read)
                .extracting(RawImage::key)
                .containsExactly(
                        "tabler-cat",
                        "tabler-bell",
                        "tabler-bell-off",
                        "tabler-bell-filled",
                        "lucide-cat",
                        "lucide-bell",
                        "lucide-bell-off",
                        "mdi-cat",
                        "mdi-bell",
                        "mdi-bell-outline",
                        "mdi-bell-off-outline");
        assertThat(read).extracting(image -> image.attributes().subject()).containsOnly("icon:cat", "icon:bell");
        assertThat(read.get(10).attributes().role()).isEqualTo("off-outline");
        assertThat(read.get(0).attributes().role()).isNull();
        assertThat(read.get(0).attributes().style()).isEqualTo("tabler");
    }

    @Test
    void shouldLeaveOutTrademarksAndWhatWasWithdrawn() {
        assertThat(read("tabler", "lucide", "mdi"))
                .noneMatch(image -> image.key().contains("github"));
        assertThat(skipped)
                .containsExactly(
                        "tabler-brand-github TRADEMARK",
                        "tabler-accessible-off-filled WITHDRAWN",
                        "lucide-album WITHDRAWN",
                        "mdi-github TRADEMARK",
                        "mdi-account-settings-variant WITHDRAWN");
    }

    @Test
    void shouldSayAnIconByNameCategoryAndOtherNames() {
        assertThat(read("mdi").get(0).captions().get("en"))
                .containsExactly(
                        "cat",
                        "cat, animal, holiday, emoji cat, emoticon cat",
                        "cat icon",
                        "pictogram of cat",
                        "emoji cat",
                        "emoticon cat");
        assertThat(read("tabler").get(2).captions().get("en"))
                .containsExactly("bell off", "bell off icon", "pictogram of bell off");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 128})
    void shouldDrawInBlackOnWhiteAtAnySide(int side) {
        IconSource source = new IconSource(List.of(TestPackages.pack("iconify-json-mdi", folder)), StyleUse.NONE);
        DataImport.run(source, folder.resolve("set"), DataSettings.of(side, 10, 10));

        DataSet set = ShardFiles.read(folder.resolve("set"), side, (entry, reason, detail) -> {});
        assertThat(set.images()).hasSize(4);
        Pixels bell = set.images().stream()
                .filter(image -> image.key().equals("mdi-bell"))
                .findFirst()
                .orElseThrow()
                .pixels();
        assertThat(bell.width()).isEqualTo(side);
        assertThat(brightness(bell, 0, 0)).isEqualTo(255);
        assertThat(brightness(bell, side / 2, side / 2)).isZero();
        assertThat(source.sources())
                .containsExactly(new DataSource(
                        "mdi",
                        "Material Design Icons",
                        "1.2.3",
                        "Apache-2.0",
                        "Material Design Icons, by Pictogrammers",
                        "https://github.com/Templarian/MaterialDesign",
                        false));
    }

    private static int brightness(Pixels image, int x, int y) {
        return image.rgb()[3 * (y * image.width() + x)] & 0xFF;
    }

    @Test
    void shouldPutIconsThatAreNotSquareIntoTheMiddleOfASquare() throws IOException {
        NpmPackage set =
                changed("mdi", "icons.json", "\"cat\": {", "\"cat\": {\"width\": 12, \"height\": 48, \"left\": 3,");
        List<RawImage> read = new ArrayList<>();
        new IconSource(List.of(set), StyleUse.NONE).read(read::add, (entry, reason, detail) -> {});

        assertThat(new String(read.get(0).file(), StandardCharsets.UTF_8)).contains("viewBox=\"-15.0 0.0 48.0 48.0\"");
    }

    @ParameterizedTest
    @CsvSource({
        "GPL-3.0-or-later, are under the licence 'GPL-3.0-or-later'",
        "CC-BY-SA-4.0, are under the licence 'CC-BY-SA-4.0'",
        "'', say nothing of their licence",
    })
    void shouldRefuseSetsUnderOtherLicences(String licence, String said) throws IOException {
        NpmPackage set = changed("lucide", "info.json", "\"spdx\": \"ISC\"", "\"spdx\": \"" + licence + "\"");

        assertThatThrownBy(() -> new IconSource(List.of(set), StyleUse.NONE))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "the icons of Lucide " + said + ", and only those under a permissive one are imported: 0BSD,"
                                + " Apache-2.0, BSD-2-Clause, BSD-3-Clause, CC-BY-3.0, CC-BY-4.0, CC0-1.0, ISC, MIT, MIT-0,"
                                + " Unlicense");
    }

    @Test
    void shouldRefuseSetsOfCompaniesMarks() throws IOException {
        NpmPackage set = changed("lucide", "info.json", "UI 24px", "Brands / Social");

        assertThatThrownBy(() -> new IconSource(List.of(set), StyleUse.NONE))
                .hasMessageStartingWith("the icons of Lucide are companies' marks");
    }

    @Test
    void shouldKnowSetsAndTakeOthersInAVersion() {
        assertThat(KnownIconSets.named("tabler").specifier()).isEqualTo("@iconify-json/tabler@1.2.41");
        assertThat(KnownIconSets.named("tabler").integrity()).startsWith("sha512-");
        assertThat(KnownIconSets.named("tabler@1.2.41")).isEqualTo(KnownIconSets.named("tabler"));
        assertThat(KnownIconSets.named("tabler@1.2.40").integrity()).isNull();
        assertThat(KnownIconSets.named("feather@1.2.0").fileStem()).isEqualTo("iconify-json-feather");
        assertThatThrownBy(() -> KnownIconSets.named("tabbler"))
                .hasMessageStartingWith(
                        "the icon set 'tabbler' is not among those whose version is known, bi, carbon, fe, ");
        for (String wrong : List.of("--help", "../tabler", "tabler@latest", "Tabler", "tabler@file:x", "")) {
            assertThatThrownBy(() -> KnownIconSets.named(wrong)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void shouldNameEveryKnownSetInTheGuide() throws IOException {
        String guide = Files.readString(Path.of("../docs/guide/training.md"));

        assertThat(KnownIconSets.names()).hasSizeGreaterThan(10).allSatisfy(name -> {
            assertThat(guide).contains("`" + name + "`");
            assertThat(KnownIconSets.named(name).integrity()).matches("sha512-[A-Za-z0-9+/]{86}==");
        });
    }

    private NpmPackage changed(String set, String file, String before, String after) throws IOException {
        Path copy = folder.resolve("changed");
        Path samples = Path.of("src/test/resources/packages/iconify-json-" + set);
        try (Stream<Path> files = Files.walk(samples)) {
            for (Path from : files.toList()) {
                Path to = copy.resolve(samples.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(to);
                } else if (from.endsWith(file)) {
                    String text = Files.readString(from);
                    assertThat(text).contains(before);
                    Files.writeString(to, text.replace(before, after));
                } else {
                    Files.copy(from, to);
                }
            }
        }
        return TestPackages.pack(copy, folder.resolve("changed.tgz"));
    }

    private List<RawImage> read(String... sets) {
        List<RawImage> read = new ArrayList<>();
        new IconSource(
                        Stream.of(sets)
                                .map(set -> TestPackages.pack("iconify-json-" + set, folder))
                                .toList(),
                        StyleUse.NONE)
                .read(read::add, (entry, reason, detail) -> skipped.add(entry + " " + reason));
        return read;
    }
}
