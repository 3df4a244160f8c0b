package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.protocol.RefusalCode;
import dev.limner.worker.model.LoadedModel;
import java.util.List;
import java.util.Optional;

/** Loads models and has them generate their probes: exactly as their maker saw them, on another profile nearly so. Stateless. */
final class ProbedLoader {
    /** Of 255, on another execution profile than the maker's. */
    private static final int TOLERANCE = 2;

    private final ModelLoader loader;
    private final String profile;

    /** @param profile of this process */
    ProbedLoader(ModelLoader loader, String profile) {
        this.loader = loader;
        this.profile = profile;
    }

    /**
     * Loads a bundle.
     *
     * @return owned by the caller
     * @throws ReleaseRejected if it cannot be loaded, or does not generate what its maker saw
     */
    LoadedModel load(ModelBundle bundle) throws ReleaseRejected {
        LoadedModel model;
        Optional<ProbeSheet> sheet;
        try {
            sheet = bundle.probes();
            model = loader.load(bundle);
        } catch (BundleException e) {
            throw new ReleaseRejected(e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new ReleaseRejected(RefusalCode.LOAD_FAILED, "it cannot be loaded: " + e);
        }
        try {
            if (sheet.isPresent()) {
                compare(model, sheet.get());
            }
            return model;
        } catch (ReleaseRejected e) {
            model.close();
            throw e;
        } catch (RuntimeException e) {
            model.close();
            throw new ReleaseRejected(RefusalCode.PROBE_FAILED, "it does not generate its probes: " + e);
        }
    }

    private void compare(LoadedModel model, ProbeSheet sheet) throws ReleaseRejected {
        List<Pixels> generated = model.engine().probes(sheet.images().size());
        int difference = sheet.difference(generated);
        int allowed = sheet.profile().equals(profile) ? 0 : TOLERANCE;
        if (difference > allowed) {
            throw new ReleaseRejected(
                    RefusalCode.PROBE_FAILED,
                    "its images differ by " + difference + " of 255 from those its maker saw on " + sheet.profile()
                            + ", at most " + allowed + " here on " + profile);
        }
    }
}
