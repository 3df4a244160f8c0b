package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** Microsoft's, flat, as SVG. */
public final class FluentFlatStyle implements EmojiStyle {
    private static final PinnedPackage IMAGES = new PinnedPackage(
            "@lobehub/fluent-emoji-flat",
            "1.1.0",
            "sha512-lPYCg8+N56MIj+iOgeBeH6AF0tneXxJCvgi41rOTjAWpA5rU2WUcmU1fiIXouEe8GrSTarWCYLY2ML+rdLRHsg==");

    @Override
    public String id() {
        return "fluent-flat";
    }

    @Override
    public PinnedPackage images() {
        return IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "Fluent Emoji, flat",
                IMAGES.version(),
                "MIT",
                "Fluent Emoji, Copyright (c) Microsoft Corporation",
                "https://github.com/microsoft/fluentui-emoji",
                false);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("assets/", entry, ".svg");
    }
}
