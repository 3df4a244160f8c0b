package dev.limner.client.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.protocol.ModelRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped model and releases that have its weights. */
class LineageResetTest {
    private static final Path SHIPPED = Path.of("../models/default");

    @TempDir
    Path folder;

    @Test
    void shouldNumberAModelTrainedFromNothingBehindWhatIsLive() {
        ModelBundle shipped = ModelBundle.read(SHIPPED);
        Manifest live = tuned(shipped, shipped.manifest(), "live");
        ModelRecord record = ModelRecord.first("default", release(live), "", Instant.EPOCH);
        assertThat(LineageReset.isBehind(shipped.manifest(), live, record)).isTrue();

        Manifest numbered = LineageReset.after(live, shipped, folder.resolve("numbered"));

        assertThat(numbered.order()).isEqualTo(2);
        assertThat(numbered.parent()).isNull();
        assertThat(numbered.digest()).isNotEqualTo(shipped.manifest().digest());
        assertThat(numbered.weights()).isEqualTo(shipped.manifest().weights());
        assertThat(numbered.discriminator()).isEqualTo(shipped.manifest().discriminator());
        assertThat(numbered.probes()).isEqualTo(shipped.manifest().probes());
        assertThat(LineageReset.isBehind(numbered, live, record)).isFalse();
    }

    @Test
    void shouldLeaveWhatWasLiveLatelyAndWhatWasTunedAsItIs() {
        ModelBundle shipped = ModelBundle.read(SHIPPED);
        Manifest live = tuned(shipped, shipped.manifest(), "live");
        ModelRecord record = ModelRecord.first("default", release(shipped.manifest()), "", Instant.EPOCH)
                .withLive(release(live), "", Instant.EPOCH);

        assertThat(LineageReset.isBehind(shipped.manifest(), live, record)).isFalse();
        assertThatThrownBy(() ->
                        LineageReset.after(live, ModelBundle.read(folder.resolve("live")), folder.resolve("again")))
                .hasMessageContaining("was tuned from " + shipped.manifest().digest());
    }

    private Manifest tuned(ModelBundle weights, Manifest from, String name) {
        return ModelBundle.write(
                folder.resolve(name),
                new ModelBundle.Description(
                        from.name(),
                        from.generator(),
                        from.textEncoder(),
                        null,
                        null,
                        List.of(),
                        new ModelBundle.Lineage(from.digest(), from.order() + 1, null)),
                new ModelBundle.Content(
                        weights.weights(),
                        weights.discriminator().orElseThrow(),
                        weights.probes().orElseThrow()));
    }

    private static ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(manifest.digest(), "file:///nowhere", null);
    }
}
