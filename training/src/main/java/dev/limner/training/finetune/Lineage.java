package dev.limner.training.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.training.gate.ErrorBudget;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Where a tuned model comes from. A round is allowed a little harm, and a hundred rounds a hundred times as much: that is
 * why the first of the line is remembered.
 *
 * @param parent what is tuned
 * @param first what feedback tuned first; the parent itself, if it was never tuned
 * @param releases how often feedback has tuned it, as far as the store shows
 */
public record Lineage(ModelBundle parent, ModelBundle first, int releases) {
    /** Follows a release back through the store, as far as the bundles there go. */
    public static Lineage of(BundleStore store, String name, String digest) {
        ModelBundle parent = ModelBundle.read(Path.of(store.uri(name, digest)));
        Set<String> there = new HashSet<>(store.digests(name));
        String first = digest;
        int releases = 0;
        for (String next = parent.manifest().parent(); next != null && there.remove(next); ) {
            first = next;
            releases++;
            next = ModelBundle.readManifest(Path.of(store.uri(name, next))).parent();
        }
        return new Lineage(
                parent, first.equals(digest) ? parent : ModelBundle.read(Path.of(store.uri(name, first))), releases);
    }

    /**
     * How often the gate may be wrong in the next round. What was spent is in the parent's bundle, so that neither a
     * restart nor a store that was cleaned gives it back; only a model that was not tuned from another begins anew.
     *
     * @param attempts judged before from the same parent
     */
    ErrorBudget budget(int attempts) {
        JsonNode report = parent.manifest().metrics();
        return ErrorBudget.after(report == null ? MissingNode.getInstance() : report, releases, attempts);
    }

    /** Whether feedback has tuned it before. */
    boolean isTuned() {
        return !first.manifest().digest().equals(parent.manifest().digest());
    }
}
