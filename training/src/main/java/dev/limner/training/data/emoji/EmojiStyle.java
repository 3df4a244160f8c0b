package dev.limner.training.data.emoji;

import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.PinnedPackage;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** How an artist draws emoji: the open set of styles, each one file and found by {@link ServiceLoader}. */
public interface EmojiStyle {
    /** As users write it, in lower case with dashes. */
    String id();

    /** The npm package of its images. */
    PinnedPackage images();

    /** Whose images, and under which terms; its id is that of the style. */
    DataSource source();

    /**
     * Which emoji an entry of the package shows.
     *
     * @param entry its name without {@code package/}
     * @return code points in hexadecimal, with or without variation selectors; empty if it is no image of this style
     */
    Optional<String> codeOf(String entry);

    /** All of them, in the order in which they are registered. */
    static List<EmojiStyle> all() {
        return ServiceLoader.load(EmojiStyle.class, EmojiStyle.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** @throws DataException naming those that there are */
    static EmojiStyle named(String id) {
        return all().stream()
                .filter(style -> style.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new DataException("there is no style '" + id + "' of emoji, there are "
                        + all().stream().map(EmojiStyle::id).collect(Collectors.joining(", "))));
    }
}
