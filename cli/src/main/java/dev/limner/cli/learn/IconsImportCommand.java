package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.PinnedPackage;
import dev.limner.training.data.icon.IconSource;
import dev.limner.training.data.icon.KnownIconSets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limner data import icons}. */
@Command(
        name = "icons",
        description = {
            "Import icon sets with captions from their names, from the npm packages @iconify-json/SET.",
            "Only sets under a permissive licence are imported, and no companies' marks. Icons without colours of their"
                    + " own are black on white."
        },
        mixinStandardHelpOptions = true)
final class IconsImportCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "SET",
            arity = "1..*",
            description =
                    "tabler, lucide, mdi, ...; or SET@VERSION of any other. A wrong one is answered with the right"
                            + " ones.")
    @SuppressWarnings("NullAway.Init")
    List<String> sets;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    DataImportCommand.Target target;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    StyleOptions styled;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The data set.")
    @SuppressWarnings("NullAway.Init")
    Path out;

    @Option(
            names = "--packages",
            paramLabel = "DIR",
            description = "Folder with the packages' tarballs. Without this option npm fetches them.")
    @Nullable
    Path packages;

    @Option(
            names = "--side",
            paramLabel = "PIXELS",
            defaultValue = "64",
            description = "Height and width of the images, a power of two. Default: ${DEFAULT-VALUE}")
    int side;

    @Override
    public Integer call() {
        List<PinnedPackage> wanted =
                sets.stream().distinct().map(IconsImportCommand::known).toList();
        if (packages != null) {
            return fill(wanted, packages);
        }
        DataSettings unused = target.shares.settings(side, out);
        try (FetchedPackages fetched = new FetchedPackages()) {
            fetched.fetch(wanted);
            return fill(wanted, fetched.folder());
        }
    }

    private static PinnedPackage known(String set) {
        try {
            return KnownIconSets.named(set);
        } catch (DataException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private int fill(List<PinnedPackage> wanted, Path from) {
        IconSource source = new IconSource(
                wanted.stream().map(one -> PackageTarballs.in(from, one)).toList(), styled.use());
        return target.fill(source, out, side);
    }
}
