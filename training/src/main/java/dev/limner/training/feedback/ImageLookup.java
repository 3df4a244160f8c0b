package dev.limner.training.feedback;

import dev.limner.protocol.RecordError;
import dev.limner.training.replay.GeneratedImage;

/** What became of looking for an image. */
sealed interface ImageLookup {
    /** Limner made it. */
    record Known(GeneratedImage image) implements ImageLookup {}

    /** It cannot be learned from. */
    record Refused(RecordError error) implements ImageLookup {}
}
