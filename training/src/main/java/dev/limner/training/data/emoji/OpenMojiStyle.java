package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** OpenMoji's: black outlines over flat colours, as SVG. */
public final class OpenMojiStyle implements EmojiStyle {
    /** Both styles are in one package, so that their version and digest change together. */
    static final PinnedPackage IMAGES = new PinnedPackage(
            "openmoji",
            "17.0.0",
            "sha512-EBnYrNGdcdw+OSXmENeNE1yBNRu6tOraTmoOyUbJkTmvT/+XETp8RZLSJFzD3lrPc5N9CzsyPnRTk0Vp4UaI9w==");

    @Override
    public String id() {
        return "openmoji";
    }

    @Override
    public PinnedPackage images() {
        return IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "OpenMoji",
                IMAGES.version(),
                "CC-BY-SA-4.0",
                "All emojis designed by OpenMoji, the open-source emoji and icon project",
                "https://openmoji.org",
                true);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("color/svg/", entry, ".svg");
    }
}
