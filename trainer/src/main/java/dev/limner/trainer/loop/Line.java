package dev.limner.trainer.loop;

import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Where a tuned model comes from. A round is allowed a little harm, and a hundred rounds a hundred times as much: that is
 * why the first of the line is remembered.
 *
 * @param parent what is tuned
 * @param first what feedback tuned first; the parent itself, if it was never tuned
 */
public record Line(ModelBundle parent, ModelBundle first) {
    /** Follows a release back through the store, as far as the bundles there go. */
    public static Line of(BundleStore store, String name, String digest) {
        ModelBundle parent = ModelBundle.read(Path.of(store.uri(name, digest)));
        Set<String> there = new HashSet<>(store.digests(name));
        String first = digest;
        for (String next = parent.manifest().parent(); next != null && there.remove(next); ) {
            first = next;
            next = ModelBundle.readManifest(Path.of(store.uri(name, next))).parent();
        }
        return new Line(parent, first.equals(digest) ? parent : ModelBundle.read(Path.of(store.uri(name, first))));
    }

    /** Whether feedback has tuned it before. */
    boolean isTuned() {
        return !first.manifest().digest().equals(parent.manifest().digest());
    }
}
