package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** Google's: soft, shaded, at 64x64. */
public final class NotoStyle implements EmojiStyle {
    private static final PinnedPackage IMAGES = new PinnedPackage(
            "emoji-datasource-google",
            "16.0.0",
            "sha512-ZRexfzs7MVoLnmzZmNsO4TKhnAJp5D++Vm6PpUpH/jEQQlemp3l88CjZ+DoZ2faM9R4QxZkOPJCoT8DlPhfQ3A==");

    @Override
    public String id() {
        return "noto";
    }

    @Override
    public PinnedPackage images() {
        return IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "Noto Emoji",
                IMAGES.version(),
                "Apache-2.0",
                "Noto Emoji, Copyright Google LLC",
                "https://github.com/googlefonts/noto-emoji",
                false);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("img/google/64/", entry, ".png");
    }
}
