package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The references of a job's first two images change places. */
public final class SwapIndexes extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.outcome = swapped(draft.outcome);
    }

    private static Outcome swapped(Outcome outcome) {
        if (!(outcome instanceof Outcome.Completed(List<Outcome.ImageRef> images, String profile))
                || images.size() < 2) {
            return outcome;
        }
        List<Outcome.ImageRef> swapped = new ArrayList<>(images);
        Collections.swap(swapped, 0, 1);
        swapped.replaceAll(image -> new Outcome.ImageRef(
                image.uri(),
                image.sha256(),
                image.mediaType(),
                image.bytes(),
                image.width(),
                image.height(),
                image.index() < 2 ? 1 - image.index() : image.index(),
                image.seed(),
                image.pixelsSha256()));
        return new Outcome.Completed(swapped, profile);
    }
}
