package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** Twitter's: flat, few colours, at 64x64. */
public final class TwemojiStyle implements EmojiStyle {
    private static final PinnedPackage IMAGES = new PinnedPackage(
            "emoji-datasource-twitter",
            "16.0.0",
            "sha512-7F+uCuHH+7Qnrc15P5tnbvKkg9E6tlzi4MnT2uW1RlN4pLYTza6cP/dstIfSDMtpjFLWuZewWg8jBbuL2eyELQ==");

    @Override
    public String id() {
        return "twemoji";
    }

    @Override
    public PinnedPackage images() {
        return IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "Twemoji",
                IMAGES.version(),
                "CC-BY-4.0",
                "Twemoji, Copyright Twitter, Inc and other contributors",
                "https://github.com/twitter/twemoji",
                false);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("img/twitter/64/", entry, ".png");
    }
}
