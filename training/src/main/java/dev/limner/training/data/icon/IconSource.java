package dev.limner.training.data.icon;

import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageAttributes;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.RawImage;
import dev.limner.training.data.SkippedEntries;
import dev.limner.training.data.StyleUse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Icons of permissively licensed sets, black on white unless they have colours of their own, with captions in English from
 * their names, their other names and their categories. Variants of an icon are one subject, over all sets.
 */
public final class IconSource implements RawImage.Source {
    private static final String LANGUAGE = "en";
    private static final int MOST_OTHERS = 4;

    /** Subjects of icons are words, those of emoji code points, and neither may be taken for the other. */
    private static final String SUBJECT = "icon:";

    private final List<IconSet> sets;
    private final StyleUse use;

    /**
     * Reads the sets, not yet their drawings.
     *
     * @throws dev.limner.training.data.DataException if one of the packages is no icon set, or not one under a permissive
     *     licence
     */
    public IconSource(List<NpmPackage> packages, StyleUse use) {
        this.sets = packages.stream().map(IconSet::of).toList();
        this.use = use;
    }

    @Override
    public List<DataSource> sources() {
        return sets.stream().map(IconSet::source).toList();
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        for (IconSet set : sets) {
            for (IconSet.Icon icon : set.icons()) {
                String key = set.source().id() + "-" + icon.name();
                if (icon.withdrawn()) {
                    skipped.skip(key, SkippedEntries.Reason.WITHDRAWN, "");
                } else if (icon.isTrademark()) {
                    skipped.skip(key, SkippedEntries.Reason.TRADEMARK, "");
                } else {
                    receiver.take(image(set.source().id(), key, icon));
                }
            }
        }
    }

    private RawImage image(String style, String key, IconSet.Icon icon) {
        IconName name = IconName.of(icon.name());
        return new RawImage(
                key,
                key,
                icon.svg().getBytes(StandardCharsets.UTF_8),
                use.captions(Map.of(LANGUAGE, captions(icon)), style),
                ImageAttributes.NONE
                        .withLabel(use.label(style))
                        .withSubject(SUBJECT + name.stem())
                        .withStyle(style)
                        .withRole(name.variant())
                        .withSource(style));
    }

    /** The name; the name with categories and other names; the name as an icon's; other names. */
    private static List<String> captions(IconSet.Icon icon) {
        String words = IconName.words(icon.name());
        List<String> others =
                icon.others().stream().map(IconName::words).limit(MOST_OTHERS).toList();
        List<String> known = Stream.concat(
                        icon.categories().stream()
                                .flatMap(category -> Stream.of(category.split("[/+]")))
                                .map(word -> word.strip().toLowerCase(Locale.ROOT)),
                        others.stream())
                .filter(word -> !word.isEmpty() && !word.equals(words))
                .distinct()
                .toList();
        Set<String> captions = new LinkedHashSet<>();
        captions.add(words);
        if (!known.isEmpty()) {
            captions.add(words + ", " + String.join(", ", known));
        }
        captions.add(words + " icon");
        captions.add("pictogram of " + words);
        captions.addAll(others);
        return List.copyOf(captions);
    }
}
