package dev.limner.cli.release;

import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model a command is about, and where its bundles are. */
final class BundleOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The model. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String name;

    @Option(
            names = "--bundles",
            paramLabel = "DIR",
            description = "Folder of the released bundles. Default: .limner/models")
    @Nullable
    Path bundles;

    Path folder() {
        return bundles == null ? ProjectLayout.find().bundles() : bundles;
    }

    /** Where a bundle of the model lies. */
    Path folder(String digest) {
        return folder().resolve(name).resolve(digest);
    }

    BundleStore store() {
        return new FileBundleStore(folder());
    }

    /**
     * The digest of a bundle in the store that begins like this.
     *
     * @throws UsageException if there is none or more than one
     */
    String digest(String beginning) {
        List<String> found = store().digests(name).stream()
                .filter(digest -> digest.startsWith(beginning))
                .toList();
        if (found.size() != 1) {
            throw new UsageException(found.size() + " bundles of '" + name + "' in " + folder() + " begin with '"
                    + beginning + "', must be one");
        }
        return found.get(0);
    }
}
