package dev.limner.training.data;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An image as a source has it, before it is checked and scaled.
 *
 * @param place where it is, for a person
 * @param key its name, if possible unique in the source
 * @param file the image file's bytes, in any format
 * @param captions language to captions, possibly blank
 * @param attributes what else the source says of it
 */
public record RawImage(
        String place, String key, byte[] file, Map<String, List<String>> captions, ImageAttributes attributes) {
    /** An image of which a source says no more than its class and its split. */
    public RawImage(
            String place,
            String key,
            byte[] file,
            Map<String, List<String>> captions,
            @Nullable String label,
            @Nullable Split split) {
        this(place, key, file, captions, ImageAttributes.NONE.withLabel(label).withSplit(split));
    }

    /** Its class, where the source has classes. */
    public @Nullable String label() {
        return attributes.label();
    }

    /** Where the source's makers put it. */
    public @Nullable Split split() {
        return attributes.split();
    }

    /** The same image with other attributes. */
    public RawImage with(ImageAttributes others) {
        return new RawImage(place, key, file, captions, others);
    }

    /** Somewhere images with captions come from. */
    @FunctionalInterface
    public interface Source {
        /** Under which terms the images may be used; an image names its own by {@link ImageAttributes#source()}. */
        default List<DataSource> sources() {
            return List.of();
        }

        /**
         * Hands over every image in a fixed order.
         *
         * @param skipped told of what the source has and cannot hand over
         * @throws DataException if the source as a whole cannot be read
         */
        void read(Receiver receiver, SkippedEntries skipped);

        /** The same images; those that name no source are of this one. */
        default Source by(DataSource source) {
            return changed(
                    image -> image.attributes().source() == null
                            ? image.with(image.attributes().withSource(source.id()))
                            : image,
                    List.of(source));
        }

        /** The same images; somebody is told of each when it has been taken. */
        default Source watched(Receiver watcher) {
            Source images = this;
            return new Source() {
                @Override
                public List<DataSource> sources() {
                    return images.sources();
                }

                @Override
                public void read(Receiver receiver, SkippedEntries skipped) {
                    images.read(
                            image -> {
                                receiver.take(image);
                                watcher.take(image);
                            },
                            skipped);
                }
            };
        }

        /**
         * Each image changed.
         *
         * @param more sources that changed images may name
         */
        default Source changed(UnaryOperator<RawImage> change, List<DataSource> more) {
            Source images = this;
            return new Source() {
                @Override
                public List<DataSource> sources() {
                    return Stream.concat(images.sources().stream(), more.stream())
                            .toList();
                }

                @Override
                public void read(Receiver receiver, SkippedEntries skipped) {
                    images.read(image -> receiver.take(change.apply(image)), skipped);
                }
            };
        }
    }

    /** Takes images one by one. */
    @FunctionalInterface
    public interface Receiver {
        void take(RawImage image);
    }
}
