package dev.limner.cli.learn;

import dev.limner.training.data.StyleUse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an image's style is told to the model that is trained on it; the data set records it in any case. */
final class StyleOptions {
    /** What a class may be made of. */
    enum Label {
        STYLE
    }

    @Option(
            names = "--label",
            paramLabel = "WHAT",
            description = "style: the style is the image's class, for models with classes.")
    @Nullable
    Label label;

    @Option(
            names = "--style-in-caption",
            description = "End each caption with the style, as in 'cat face, in the twemoji style'.")
    boolean inCaption;

    StyleUse use() {
        return new StyleUse(label == Label.STYLE, inCaption);
    }
}
