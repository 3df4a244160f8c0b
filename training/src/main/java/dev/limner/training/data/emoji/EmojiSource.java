package dev.limner.training.data.emoji;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageAttributes;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.RawImage;
import dev.limner.training.data.SkippedEntries;
import dev.limner.training.data.StyleUse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Emoji in one style or several, with names and keywords as captions; without variants of skin tone, style by style in
 * Unicode's order. An emoji that a style does not have is skipped. All variants of an emoji, in all styles, are one subject.
 *
 * @param styles each with its package
 * @param names what they are called
 * @param category only emoji of this one, as in {@code Animals & Nature}; null for all
 * @param use where the style is told
 */
public record EmojiSource(
        List<StyledPackage> styles,
        EmojiNames names,
        @Nullable String category,
        StyleUse use) implements RawImage.Source {
    /** In the data set of the sample models, keys are code points alone. */
    private static final String PLAIN = "noto";

    /** A style and the tarball of its images. */
    public record StyledPackage(EmojiStyle style, NpmPackage images) {}

    public EmojiSource {
        styles = List.copyOf(styles);
    }

    /** What the packages do not have of the category and the languages; looks at no image. */
    public Optional<String> complaint() {
        return category == null || EmojiNames.CATEGORIES.contains(category)
                ? names.complaint()
                : Optional.of("there is no category '" + category + "' of emoji, there are "
                        + String.join(", ", EmojiNames.CATEGORIES));
    }

    @Override
    public List<DataSource> sources() {
        return styles.stream().map(styled -> styled.style().source()).toList();
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        List<EmojiNames.Named> all = names.all().stream()
                .filter(emoji -> category == null || category.equals(emoji.category()))
                .toList();
        for (StyledPackage styled : styles) {
            read(styled, all, receiver, skipped);
        }
    }

    private void read(
            StyledPackage styled, List<EmojiNames.Named> all, RawImage.Receiver receiver, SkippedEntries skipped) {
        EmojiStyle style = styled.style();
        Map<EmojiCode, byte[]> images = images(styled);
        for (EmojiNames.Named emoji : all) {
            String code = emoji.code().text();
            String key = style.id().equals(PLAIN) ? code : code + "-" + style.id();
            byte[] image = images.get(emoji.code());
            if (image == null) {
                skipped.skip(
                        key,
                        SkippedEntries.Reason.NO_PICTURE,
                        "of '" + name(emoji) + "' in " + style.source().name());
            } else {
                receiver.take(new RawImage(
                        key,
                        key,
                        image,
                        use.captions(emoji.captions(), style.id()),
                        ImageAttributes.NONE
                                .withLabel(use.label(style.id()))
                                .withSubject(emoji.code().family().text())
                                .withStyle(style.id())
                                .withSource(style.source().id())));
            }
        }
    }

    private static String name(EmojiNames.Named emoji) {
        return emoji.captions().values().iterator().next().get(0);
    }

    /** By code, whichever way the package writes it; of two that mean the same the first. */
    private static Map<EmojiCode, byte[]> images(StyledPackage styled) {
        EmojiStyle style = styled.style();
        Map<EmojiCode, byte[]> images = new HashMap<>();
        styled.images()
                .entries(name -> code(style, name).isPresent())
                .forEach((name, image) -> code(style, name).ifPresent(code -> images.putIfAbsent(code, image)));
        return images;
    }

    private static Optional<EmojiCode> code(EmojiStyle style, String entry) {
        return style.codeOf(entry).flatMap(EmojiCode::parse);
    }
}
