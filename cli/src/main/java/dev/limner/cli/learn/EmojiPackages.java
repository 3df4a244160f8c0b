package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.EmojiArtwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The two npm packages of the sample data, in the versions whose content is known: a wrong name needs no download. */
public final class EmojiPackages {
    private static final String IMAGES_VERSION = "16.0.0";
    private static final String NAMES = "emojibase-data";
    private static final String NAMES_VERSION = "17.0.0";

    /** Of the images' package. */
    private static final List<String> CATEGORIES = List.of(
            "Activities",
            "Animals & Nature",
            "Component",
            "Flags",
            "Food & Drink",
            "Objects",
            "People & Body",
            "Smileys & Emotion",
            "Symbols",
            "Travel & Places");

    /** Of the names' package. */
    private static final List<String> LANGUAGES = List.of(
            "bn", "da", "de", "en", "en-gb", "es", "es-mx", "et", "fi", "fr", "hi", "hu", "it", "ja", "ko", "lt", "ms",
            "nb", "nl", "pl", "pt", "ru", "sv", "th", "uk", "vi", "zh", "zh-hant");

    private EmojiPackages() {}

    /** @throws UsageException if the packages have no such category, or no names in one of the languages */
    public static void require(@Nullable String category, List<String> languages) {
        if (category != null && !CATEGORIES.contains(category)) {
            throw new UsageException(
                    "--category is '" + category + "', must be one of " + String.join(", ", CATEGORIES));
        }
        for (String language : languages) {
            if (!LANGUAGES.contains(language)) {
                throw new UsageException(
                        "--languages has '" + language + "', must be of " + String.join(", ", LANGUAGES));
            }
        }
    }

    /** Both, as npm is asked for them. */
    static List<String> wanted(EmojiArtwork artwork) {
        return List.of(artwork.npmPackage() + "@" + IMAGES_VERSION, NAMES + "@" + NAMES_VERSION);
    }

    static Path images(EmojiArtwork artwork, Path folder) {
        return tarball(folder, artwork.npmPackage());
    }

    static Path names(Path folder) {
        return tarball(folder, NAMES);
    }

    /** Of several versions none is taken: which one it was would be seen in the data only. */
    private static Path tarball(Path folder, String name) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(name + "-\\d.*\\.tgz"))
                    .sorted()
                    .toList();
            if (found.size() != 1) {
                throw new UsageException(
                        found.isEmpty()
                                ? "there is no " + name + "-*.tgz in " + folder
                                : folder + " holds "
                                        + found.stream()
                                                .map(file -> String.valueOf(file.getFileName()))
                                                .collect(Collectors.joining(" and "))
                                        + ": leave one of them there");
            }
            return found.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read", e);
        }
    }
}
