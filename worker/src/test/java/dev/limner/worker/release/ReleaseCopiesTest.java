package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.bundle.ModelBundle;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The copies of bundles that a worker keeps in its cache. */
class ReleaseCopiesTest extends ReleaseManagerFixture {
    @Test
    void shouldRemoveNothingButTheCopiesItMade() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Path letter = Files.writeString(cache.resolve("letter.txt"), "of the user");
        Path alike = Files.createDirectory(cache.resolve("c".repeat(64)));
        Files.writeString(alike.resolve("manifest.json"), "{}");
        ReleaseManager releases = releases(new ReleaseSettings(
                "", "", "", "", profile(), cache, null, 1 << 20, 0, ReleaseSettings.Beside.ALWAYS, false));
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);
        releases.follow(record.withLive(second, "", NOW));
        Path slot = cache.resolve("slot-0");
        Path copy = slot.resolve(second.digest());
        assertThat(copy).isDirectory();
        // Links and strangers inside the slot itself, under names that look like copies.
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("weights.safetensors"), "precious");
        Path link = Files.createSymbolicLink(slot.resolve("d".repeat(64)), outside);
        Path stranger = Files.writeString(copy.resolve("notes.txt"), "of the user");
        Path left = Files.createDirectory(slot.resolve("e".repeat(64) + ".part"));
        Files.writeString(left.resolve("weights.safetensors"), "half");

        releases.follow(new ModelRecord("default", 9, third, null, List.of(), "", NOW));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(letter).exists();
        assertThat(alike.resolve("manifest.json")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(precious).hasContent("precious");
        assertThat(stranger).exists();
        assertThat(copy.resolve("weights.safetensors")).doesNotExist();
        assertThat(left).doesNotExist();
        assertThat(slot.resolve(third.digest()).resolve("manifest.json")).exists();
    }

    @Test
    void shouldNotRemoveWhatAnotherWorkerOfTheSameCacheUses() throws Exception {
        ReleaseManager one = releases(ReleaseSettings.Beside.ALWAYS);
        ReleaseManager two = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);
        one.follow(record.withLive(second, "", NOW));
        Path copy = folder.resolve("cache/slot-0").resolve(second.digest());

        two.follow(new ModelRecord("default", 9, release(first), null, List.of(), "", NOW));

        assertThat(ModelBundle.read(copy).manifest().digest()).isEqualTo(second.digest());
        assertThat(folder.resolve("cache/slot-1")).isDirectory();
    }

    @Test
    void shouldUseTheCopyOfTheProcessBeforeItAndFetchADamagedOneAgain() throws Exception {
        ReleaseManager before = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);
        before.follow(record);
        before.close();
        Path stored = Path.of(URI.create(second.uri()));
        Path away = Files.move(stored, folder.resolve("away"));
        slots.setLive(first.digest());
        slots.retire(0);

        ReleaseManager after = releases(ReleaseSettings.Beside.ALWAYS);
        after.follow(record);
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        after.close();

        flip(weights(folder.resolve("cache/slot-0").resolve(second.digest())));
        slots.setLive(first.digest());
        slots.retire(0);
        ReleaseManager later = releases(ReleaseSettings.Beside.ALWAYS);
        later.follow(record);
        assertRefused(later, second.digest(), RefusalCode.BUNDLE_MISSING, "there is no bundle");
        Files.move(away, stored);
        later.retry();
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        later.close();
    }
}
