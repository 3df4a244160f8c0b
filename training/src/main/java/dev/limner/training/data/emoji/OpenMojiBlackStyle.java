package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** OpenMoji's outlines alone, black on white, as SVG. */
public final class OpenMojiBlackStyle implements EmojiStyle {
    @Override
    public String id() {
        return "openmoji-black";
    }

    @Override
    public PinnedPackage images() {
        return OpenMojiStyle.IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "OpenMoji, black",
                OpenMojiStyle.IMAGES.version(),
                "CC-BY-SA-4.0",
                "All emojis designed by OpenMoji, the open-source emoji and icon project",
                "https://openmoji.org",
                true);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("black/svg/", entry, ".svg");
    }
}
