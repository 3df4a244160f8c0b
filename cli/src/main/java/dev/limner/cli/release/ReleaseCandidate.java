package dev.limner.cli.release;

import dev.limner.client.registry.LineageReset;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.launcher.Folders;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRecord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Releases to announce, checked against what is live: what every worker would refuse is not announced at all.
 *
 * @param current what is announced
 */
record ReleaseCandidate(RegistryOptions options, Optional<ModelRecord> current, PrintWriter terminal) {
    /** One that is in the store. */
    ModelRecord.Release of(String digest) {
        Manifest manifest = ModelBundle.readManifest(options.bundles.folder(digest));
        if (isBehind(manifest)) {
            throw new UsageException(tooOld(manifest));
        }
        return options.registry().release(options.name(), digest);
    }

    /** A bundle from elsewhere, put into the store; if it starts a lineage of its own, with a release number that workers take. */
    ModelRecord.Release from(Path bundle) {
        ModelBundle offered = ModelBundle.read(bundle);
        Manifest manifest = offered.manifest();
        if (!manifest.name().equals(options.name())) {
            throw new UsageException(bundle + " is a model named '" + manifest.name() + "': --name " + manifest.name());
        }
        if (!isBehind(manifest)) {
            return options.registry().stage(bundle);
        }
        if (manifest.parent() != null) {
            throw new UsageException(tooOld(manifest));
        }
        Path numbered = Folders.temporary("limner-promote");
        try {
            Manifest next = LineageReset.after(live().orElseThrow(), offered, numbered);
            terminal.println("trained from nothing: follows what is live as release " + next.order() + ", "
                    + next.digest().substring(0, ModelsCommand.SHOWN));
            return options.registry().stage(numbered);
        } finally {
            Folders.delete(numbered);
        }
    }

    private Optional<Manifest> live() {
        return current.map(record ->
                ModelBundle.readManifest(options.bundles.folder(record.live().digest())));
    }

    private boolean isBehind(Manifest offered) {
        return current.isPresent() && LineageReset.isBehind(offered, live().orElseThrow(), current.get());
    }

    private String tooOld(Manifest manifest) {
        return manifest.digest() + " is release " + manifest.order() + " of its lineage, live is release "
                + live().map(Manifest::order).orElse(0L) + ": workers refuse what is older and was not live lately";
    }
}
