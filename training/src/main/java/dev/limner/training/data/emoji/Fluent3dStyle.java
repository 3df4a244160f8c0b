package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.Optional;

/** Microsoft's as if modelled in clay, as WebP of 256x256. */
public final class Fluent3dStyle implements EmojiStyle {
    private static final PinnedPackage IMAGES = new PinnedPackage(
            "@lobehub/fluent-emoji-3d",
            "1.1.0",
            "sha512-Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g==");

    @Override
    public String id() {
        return "fluent-3d";
    }

    @Override
    public PinnedPackage images() {
        return IMAGES;
    }

    @Override
    public DataSource source() {
        return new DataSource(
                id(),
                "Fluent Emoji, 3D",
                IMAGES.version(),
                "MIT",
                "Fluent Emoji, Copyright (c) Microsoft Corporation",
                "https://github.com/microsoft/fluentui-emoji",
                false);
    }

    @Override
    public Optional<String> codeOf(String entry) {
        return EntryNames.between("assets/", entry, ".webp");
    }
}
