package dev.limner.cli.release;

import dev.limner.cli.ClusterOptions;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a command is about, and where they are. */
final class RegistryOptions {
    @Option(names = "--name", defaultValue = "default", description = "The model. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String name;

    @Option(
            names = "--bundles",
            paramLabel = "DIR",
            description = "Folder of the released bundles. Default: .limner/models")
    @Nullable
    Path bundles;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Key to sign bundles and the model's record with. Needed where the record is signed.")
    @Nullable
    Path key;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

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

    ModelTopic topic() {
        return new ModelTopic(cluster.bootstrap(), cluster.topics().models(), "limner/cli");
    }

    ModelRegistry registry() {
        return registry(ModelRegistry.Holdout.DEFAULT);
    }

    ModelRegistry registry(ModelRegistry.Holdout holdout) {
        return new ModelRegistry(
                store(), topic(), key == null ? null : ReleaseKeys.readPrivate(key), Clock.systemUTC(), holdout);
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
