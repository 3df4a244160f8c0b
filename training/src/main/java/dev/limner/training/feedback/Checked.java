package dev.limner.training.feedback;

import dev.limner.protocol.RecordError;
import dev.limner.training.replay.Picture;

/** What became of looking for a picture. */
sealed interface Checked {
    /** Limner made it. */
    record Known(Picture picture) implements Checked {}

    /** It cannot be learned from. */
    record Refused(RecordError error) implements Checked {}
}
