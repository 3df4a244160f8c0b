package dev.limner.training.feedback;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.RecordError;
import dev.limner.training.data.ImageDecoder;
import dev.limner.training.replay.GeneratedImage;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a picture is one that this fleet made: its bytes are in the store under their digest, they say that Limner drew
 * them, and the model they name is one that was released here.
 */
public final class FeedbackImageCheck {
    private final StoredImages files;
    private final String model;
    private final Predicate<String> released;
    private final Function<Pixels, float[]> features;
    private final int side;

    /**
     * @param model name of the model that is learned for
     * @param released whether a digest is one of its releases
     * @param features of a picture, as the reward sees it
     * @param side of the pictures that the features are made for
     */
    public FeedbackImageCheck(
            StoredImages files,
            String model,
            Predicate<String> released,
            Function<Pixels, float[]> features,
            int side) {
        this.files = files;
        this.model = model;
        this.released = released;
        this.features = features;
        this.side = side;
    }

    /**
     * Looks at a picture.
     *
     * @param field that names it, for the error
     * @param told the caption to take if the picture does not carry its own
     */
    ImageLookup check(String field, ImageName name, @Nullable String told) {
        Optional<byte[]> found = files.stored(name.sha256());
        if (found.isEmpty()) {
            return refused(ErrorCode.IMAGE_UNKNOWN, field, name, "is not in the picture store");
        }
        byte[] bytes = found.get();
        if (!Digests.sha256(bytes).equals(name.sha256())) {
            return refused(ErrorCode.IMAGE_ALTERED, field, name, "has other bytes in the store than its digest says");
        }
        Optional<Provenance> provenance = Provenance.read(bytes);
        if (provenance.isEmpty()) {
            return refused(ErrorCode.IMAGE_UNKNOWN, field, name, "was not made by Limner");
        }
        return check(field, name, told, bytes, provenance.get());
    }

    private ImageLookup check(String field, ImageName name, @Nullable String told, byte[] bytes, Provenance provenance) {
        if (!provenance.model().equals(model)) {
            return refused(
                    ErrorCode.IMAGE_UNKNOWN,
                    field,
                    name,
                    "was drawn by model " + provenance.model() + ", not " + model);
        }
        if (!released.test(provenance.digest())) {
            return refused(
                    ErrorCode.IMAGE_UNKNOWN,
                    field,
                    name,
                    "says it was drawn by " + provenance.digest() + ", which was not released here");
        }
        String caption = provenance.caption() == null ? told : provenance.caption();
        if (caption == null) {
            return refused(
                    ErrorCode.CAPTION_UNKNOWN, field, name, "does not carry its caption, and the feedback has none");
        }
        Optional<Pixels> pixels = decoded(bytes);
        if (pixels.isEmpty()) {
            return refused(ErrorCode.IMAGE_UNKNOWN, field, name, "cannot be decoded");
        }
        return new ImageLookup.Known(new GeneratedImage(
                name.sha256(),
                provenance.digest(),
                caption,
                provenance.seed(),
                provenance.index(),
                features.apply(pixels.get())));
    }

    /**
     * Whether an example can be learned from.
     *
     * @throws java.io.UncheckedIOException if that cannot be told, because its folder is away
     */
    Optional<RecordError> unreadable(String uri) {
        boolean fine = files.exampleOrAway(uri).flatMap(this::decoded).isPresent();
        return fine
                ? Optional.empty()
                : Optional.of(RecordError.of(
                        ErrorCode.EXAMPLE_UNREADABLE,
                        "example",
                        uri,
                        "must be a picture in the picture store or a folder of limner.trainer.examples"));
    }

    private Optional<Pixels> decoded(byte[] bytes) {
        try {
            return Optional.of(ImageDecoder.decode(bytes, side));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ImageLookup refused(ErrorCode code, String field, ImageName name, String rule) {
        return new ImageLookup.Refused(RecordError.of(code, field, name.written(), rule));
    }
}
