package dev.limner.training.data.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.data.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every member of the open set has to have. */
class EmojiStyleTest {
    private static final int SHA_512 = 64;
    private static final Path GUIDE = Path.of("../docs/guide/training.md");
    private static final Path SAMPLES = Path.of("src/test/resources/packages");

    static List<EmojiStyle> styles() {
        return EmojiStyle.all();
    }

    @ParameterizedTest
    @MethodSource("styles")
    void shouldBePinnedDocumentedAndSampled(EmojiStyle style) throws IOException {
        DataSource source = style.source();
        String integrity = String.valueOf(style.images().integrity());

        assertThat(EmojiStyle.named(style.id())).hasSameClassAs(style);
        assertThat(style.id()).isEqualTo(source.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
        assertThat(integrity).startsWith("sha512-");
        assertThat(Base64.getDecoder().decode(integrity.substring("sha512-".length())))
                .hasSize(SHA_512);
        assertThat(source.version()).isEqualTo(style.images().version());
        assertThat(Files.readString(GUIDE))
                .containsPattern("\\| `" + style.id() + "` \\|.*\\| " + source.licence()
                        + (source.shareAlike() ? ", share-alike" : "") + " \\|");
        assertThat(entries(style).filter(entry -> style.codeOf(entry).isPresent()))
                .isNotEmpty();
        assertThat(style.codeOf("package.json")).isEmpty();
    }

    private static Stream<String> entries(EmojiStyle style) throws IOException {
        Path samples = SAMPLES.resolve(style.images().fileStem()).resolve("package");
        try (Stream<Path> files = Files.walk(samples)) {
            return files.map(file -> samples.relativize(file).toString()).toList().stream();
        }
    }
}
