package dev.limner.client.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.network.Architectures;
import dev.limner.protocol.ModelRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    void shouldNumberAProgramToo() throws IOException {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.putArray("arguments")
                .addObject()
                .put("input", "noise")
                .putArray("shape")
                .add(8);
        spec.putObject("output").put("side", 16).put("channels", 3);
        ModelBundle.Description description = new ModelBundle.Description(
                "own",
                Architectures.all().find("torchscript").orElseThrow().generator(spec),
                null,
                null,
                null,
                List.of(new DataLicence("own", "CC0-1.0", null)),
                null);
        Path own = folder.resolve("own");
        Manifest program =
                ModelBundle.write(own, description, Files.writeString(folder.resolve("own.pt"), "not run here"), null);
        ModelBundle shipped = ModelBundle.read(SHIPPED);

        Manifest numbered = LineageReset.after(
                tuned(shipped, shipped.manifest(), "live"), ModelBundle.read(own), folder.resolve("numbered"));

        assertThat(ModelBundle.read(folder.resolve("numbered")).manifest()).isEqualTo(numbered);
        assertThat(numbered.order()).isEqualTo(2);
        assertThat(numbered.weights()).isEqualTo(program.weights());
        assertThat(numbered.data()).isEqualTo(program.data());
        assertThatThrownBy(() -> ModelBundle.write(
                        folder.resolve("none"), description, new ModelBundle.Content(Map.of(), null, null)))
                .hasMessage("torchscript is a program and has no weights");
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
