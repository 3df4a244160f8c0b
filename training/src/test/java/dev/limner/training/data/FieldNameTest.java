package dev.limner.training.data;

import static dev.limner.training.data.FieldFolderTest.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that look alike are not one name. */
class FieldNameTest {
    private static final String COMPOSED = "\u00e9";
    private static final String PARTED = "e\u0301";

    @TempDir
    Path folder;

    private final Map<String, List<String>> captions = new TreeMap<>();

    @Test
    void shouldGiveEachFormOfAnAccentedNameItsOwnCaption() throws IOException {
        for (String name : List.of(COMPOSED, PARTED)) {
            Files.write(folder.resolve(name + ".png"), image(name.length()));
            Files.writeString(folder.resolve(name + ".txt"), "of " + name.length());
        }

        read();

        assertThat(captions).isEqualTo(Map.of(COMPOSED + ".png", List.of("of 1"), PARTED + ".png", List.of("of 2")));
    }

    @Test
    void shouldNotGiveAnImageWithoutACaptionThatOfTheOtherForm() throws IOException {
        Files.write(folder.resolve(COMPOSED + ".png"), image(1));
        Files.write(folder.resolve(PARTED + ".png"), image(2));
        Files.writeString(folder.resolve(PARTED + ".txt"), "of 2");

        read();

        assertThat(captions).isEqualTo(Map.of(COMPOSED + ".png", List.of(), PARTED + ".png", List.of("of 2")));
    }

    @Test
    void shouldTellNamesApartThatAreNoUtf8() throws Exception {
        Files.write(folder.resolve("pixels"), image(1));
        // No Path of Java's can be made of such bytes.
        Process shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "for n in $'K\\xe4se' $'K\\xf6se' $'\\xfc' ; do cp pixels \"$n.png\" || exit 1; done;"
                                + " echo one > $'K\\xe4se.txt'; echo two > $'\\xfc.txt'; rm pixels")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(shell.waitFor() == 0, "a file system that takes any bytes is needed: " + said);

        read();

        assertThat(captions)
                .isEqualTo(
                        Map.of("K\\xE4se.png", List.of("one"), "K\\xF6se.png", List.of(), "\\xFC.png", List.of("two")));
    }

    private void read() {
        new FolderSource(folder, "en")
                .read(
                        image -> captions.put(image.place(), image.captions().getOrDefault("en", List.of())),
                        (entry, reason, detail) -> {
                            throw new AssertionError(entry + ": " + reason + " " + detail);
                        });
    }
}
