package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataException;
import dev.limner.training.data.emoji.EmojiNames;
import dev.limner.training.data.emoji.EmojiStyle;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What commands that import emoji are told: names whose values are known, so that a wrong one needs no download. */
public final class EmojiOptions {
    /** Of the names' package. */
    private static final List<String> LANGUAGES = List.of(
            "bn", "da", "de", "en", "en-gb", "es", "es-mx", "et", "fi", "fr", "hi", "hu", "it", "ja", "ko", "lt", "ms",
            "nb", "nl", "pl", "pt", "ru", "sv", "th", "uk", "vi", "zh", "zh-hant");

    private EmojiOptions() {}

    /** @throws UsageException if there is no such category, or there are no names in one of the languages */
    public static void require(@Nullable String category, List<String> languages) {
        requireCategory(category);
        for (String language : languages) {
            if (!LANGUAGES.contains(language)) {
                throw new UsageException(
                        "--languages has '" + language + "', must be of " + String.join(", ", LANGUAGES));
            }
        }
    }

    static void requireCategory(@Nullable String category) {
        if (category != null && !EmojiNames.CATEGORIES.contains(category)) {
            throw new UsageException("--category is '" + category + "', must be one of "
                    + String.join(", ", new TreeSet<>(EmojiNames.CATEGORIES)));
        }
    }

    /**
     * A style by its name; earlier releases wrote it in capitals.
     *
     * @param option as the user wrote it
     * @throws UsageException naming the styles that there are
     */
    public static EmojiStyle style(String option, String name) {
        try {
            return EmojiStyle.named(name.toLowerCase(Locale.ROOT));
        } catch (DataException e) {
            throw new UsageException(
                    option + " is '" + name + "', must be one of "
                            + EmojiStyle.all().stream().map(EmojiStyle::id).collect(Collectors.joining(", ")),
                    e);
        }
    }
}
