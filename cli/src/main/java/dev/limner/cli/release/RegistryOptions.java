package dev.limner.cli.release;

import dev.limner.cli.ClusterOptions;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.ReleaseKeys;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model's record a command changes, and with what it is signed. */
final class RegistryOptions {
    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Key to sign bundles and the model's record with. Needed where the record is signed.")
    @Nullable
    Path key;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    BundleOptions bundles;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    String name() {
        return bundles.name;
    }

    ModelRegistry registry() {
        return registry(ModelRegistry.Holdout.DEFAULT);
    }

    ModelRegistry registry(ModelRegistry.Holdout holdout) {
        return new ModelRegistry(
                bundles.store(),
                topic(cluster),
                key == null ? null : ReleaseKeys.readPrivate(key),
                Clock.systemUTC(),
                holdout);
    }

    static ModelTopic topic(ClusterOptions cluster) {
        return new ModelTopic(cluster.bootstrap(), cluster.topics().models(), "limner/cli");
    }
}
