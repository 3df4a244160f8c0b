package dev.limner.cli.learn;

import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.PinnedPackage;
import dev.limner.training.data.emoji.EmojiNames;
import dev.limner.training.data.emoji.EmojiSource;
import dev.limner.training.data.emoji.EmojiStyle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limner data import emoji}. */
@Command(
        name = "emoji",
        description = {
            "Import emoji with CLDR names and keywords as captions, in one style or several, from npm packages.",
            "noto (the sample data set) and twemoji are images of 64x64; openmoji, openmoji-black, fluent-3d and"
                    + " fluent-flat are sharp at larger sides as well."
        },
        mixinStandardHelpOptions = true)
final class EmojiImportCommand implements Callable<Integer> {
    private static final String SAMPLE = "noto";

    @Mixin
    @SuppressWarnings("NullAway.Init")
    DataImportCommand.Target target;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    StyleOptions styled;

    @Option(
            names = {"--style", "--artwork"},
            paramLabel = "STYLE",
            split = ",",
            defaultValue = SAMPLE,
            description = "Whose images: noto, twemoji, openmoji, openmoji-black, fluent-3d, fluent-flat; several"
                    + " separated by commas. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    List<String> styles;

    @Option(
            names = "--packages",
            paramLabel = "DIR",
            description = "Folder with the packages' tarballs. Without this option npm fetches them.")
    @Nullable
    Path packages;

    @Option(
            names = "--category",
            paramLabel = "NAME",
            description = "Only these, as in 'Animals & Nature'. A wrong one is answered with the right ones.")
    @Nullable
    String category;

    @Option(names = "--out", paramLabel = "DIR", description = "The data set. Default, for all of noto: data/emoji")
    @Nullable
    Path out;

    @Option(
            names = "--side",
            paramLabel = "PIXELS",
            defaultValue = "64",
            description = "Height and width of the images, a power of two. Default: ${DEFAULT-VALUE}")
    int side;

    @Option(
            names = "--languages",
            paramLabel = "LANGUAGE",
            split = ",",
            defaultValue = "en,zh",
            description = "Languages of the captions. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    List<String> languages;

    @Override
    public Integer call() {
        List<EmojiStyle> chosen =
                styles.stream().map(name -> EmojiOptions.style("--style", name)).toList();
        if (chosen.stream().map(EmojiStyle::id).distinct().count() < chosen.size()) {
            throw new UsageException("--style is " + String.join(",", styles) + ", must have each style once");
        }
        boolean sample = chosen.size() == 1 && chosen.get(0).id().equals(SAMPLE) && category == null;
        if (out == null && !sample) {
            throw new UsageException("--out is needed: data/emoji is for all of noto");
        }
        EmojiOptions.requireCategory(category);
        if (packages != null) {
            EmojiSource source = source(chosen, packages);
            source.complaint().ifPresent(wrong -> {
                throw new UsageException(wrong);
            });
            return fill(source);
        }
        EmojiOptions.require(category, languages);
        DataSettings unused = target.shares.settings(side, out());
        List<PinnedPackage> wanted = new ArrayList<>(List.of(EmojiNames.PACKAGE));
        chosen.forEach(style -> wanted.add(style.images()));
        try (FetchedPackages fetched = new FetchedPackages()) {
            fetched.fetch(wanted);
            return fill(source(chosen, fetched.folder()));
        }
    }

    private EmojiSource source(List<EmojiStyle> chosen, Path from) {
        return new EmojiSource(
                chosen.stream()
                        .map(style -> new EmojiSource.StyledPackage(style, PackageTarballs.in(from, style.images())))
                        .toList(),
                new EmojiNames(PackageTarballs.in(from, EmojiNames.PACKAGE), languages),
                category,
                styled.use());
    }

    private int fill(EmojiSource source) {
        return target.fill(source, out(), side);
    }

    private Path out() {
        return out == null ? ProjectLayout.find().emojiData() : out;
    }
}
