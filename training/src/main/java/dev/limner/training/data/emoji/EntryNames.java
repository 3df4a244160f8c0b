package dev.limner.training.data.emoji;

import java.util.Optional;

/** How packages name their images. */
final class EntryNames {
    private EntryNames() {}

    /** What stands between the folder and the extension; empty for entries elsewhere and in subfolders. */
    static Optional<String> between(String folder, String entry, String extension) {
        if (!entry.startsWith(folder) || !entry.endsWith(extension) || entry.indexOf('/', folder.length()) >= 0) {
            return Optional.empty();
        }
        return Optional.of(entry.substring(folder.length(), entry.length() - extension.length()));
    }
}
