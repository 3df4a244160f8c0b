package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.EmojiArtwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The two npm packages of the sample data, in the versions whose content is known: a wrong name needs no download. */
final class EmojiPackages {
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
    static void require(@Nullable String category, List<String> languages) {
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

    /** Has npm fetch both into a folder. */
    static void fetch(EmojiArtwork artwork, Path folder) {
        try {
            Process npm = new ProcessBuilder(
                            "npm",
                            "pack",
                            "--silent",
                            artwork.npmPackage() + "@" + IMAGES_VERSION,
                            NAMES + "@" + NAMES_VERSION)
                    .directory(folder.toFile())
                    .inheritIO()
                    // The names of what it fetched, which nobody asked for.
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (npm.waitFor() != 0) {
                throw new IllegalStateException("npm pack ended with exit code " + npm.exitValue()
                        + ": --packages takes a folder with the two packages instead");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("npm, which fetches the packages, cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while npm fetched the packages", e);
        }
    }

    static Path images(EmojiArtwork artwork, Path folder) {
        return tarball(folder, artwork.npmPackage());
    }

    static Path names(Path folder) {
        return tarball(folder, NAMES);
    }

    private static Path tarball(Path folder, String name) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name + "-\\d.*\\.tgz"))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("there is no " + name + "-*.tgz in " + folder));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read", e);
        }
    }
}
