package dev.limner.training.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped model and releases that have its weights. */
class LineageTest {
    private static final Path SHIPPED = Path.of("../models/default");

    @TempDir
    Path folder;

    @Test
    void shouldFollowALineToItsFirstModelAndNoFurtherThanTheStoreGoes() {
        ModelBundle shipped = ModelBundle.read(SHIPPED);
        FileBundleStore store = new FileBundleStore(folder.resolve("store"));
        store.put(SHIPPED, shipped.manifest(), null);
        Manifest second = tuned(shipped, shipped.manifest(), "second");
        Manifest third = tuned(shipped, second, "third");
        store.put(folder.resolve("third"), third, null);

        Lineage broken = Lineage.of(store, "default", third.digest());
        assertThat(broken.first().manifest().digest()).isEqualTo(third.digest());

        store.put(folder.resolve("second"), second, null);
        Lineage line = Lineage.of(store, "default", third.digest());
        assertThat(line.parent().manifest().digest()).isEqualTo(third.digest());
        assertThat(line.first().manifest().digest())
                .isEqualTo(shipped.manifest().digest());
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
}
