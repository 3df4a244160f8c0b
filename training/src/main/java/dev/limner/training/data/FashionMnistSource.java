package dev.limner.training.data;

import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fashion-MNIST (Xiao et al. 2017, MIT licence; Debian's package {@code dataset-fashion-mnist}): 70,000 grey images of
 * 28x28, clothes in ten classes, padded to 32x32 and inverted so that they lie on white as everywhere else. Captions come
 * from templates; an image gets a few of them, different ones from image to image.
 *
 * <p>Its makers have no validation, so a part of what they train on is for that; what they test with stays as it is. Each
 * image is a subject of its own: many look nearly the same, and figures of this set are compared with those of others.
 *
 * @param folder holds the four {@code .gz} files of the original
 * @param validationPercent of the images to train on that are for validation instead; 0 for a data set of format 1
 */
public record FashionMnistSource(Path folder, int validationPercent) implements RawImage.Source {
    /** Where Debian's package puts it. */
    public static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;
    private static final int SIDE = 28;
    private static final int PADDED = 32;
    private static final int CAPTIONS = 4;
    private static final List<String> CLASSES = List.of(
            "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot");
    private static final List<String> TEMPLATES = List.of(
            "%s",
            "a photo of %s",
            "a picture of %s",
            "%s in a shop",
            "one %s on white",
            "product photo of %s",
            "a grey image of %s",
            "%s, clothing",
            "fashion: %s",
            "a small picture showing %s",
            "catalogue entry: %s",
            "what %s looks like");

    /** Where the images are from. */
    private static final DataSource SOURCE = new DataSource(
            "fashion-mnist",
            "Fashion-MNIST",
            null,
            "MIT",
            "Copyright 2017 Zalando SE, Han Xiao, Kashif Rasul, Roland Vollgraf",
            "https://github.com/zalandoresearch/fashion-mnist",
            false);

    /** With the default share for validation. */
    public FashionMnistSource(Path folder) {
        this(folder, DataSettings.DEFAULT_VALIDATION_PERCENT);
    }

    @Override
    public List<DataSource> sources() {
        return List.of(SOURCE);
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        read("train", Split.TRAIN, receiver);
        read("t10k", Split.TEST, receiver);
    }

    private void read(String part, Split split, RawImage.Receiver receiver) {
        try (DataInputStream images = open(part + "-images-idx3-ubyte.gz");
                DataInputStream labels = open(part + "-labels-idx1-ubyte.gz")) {
            int count = header(images, IMAGES_MAGIC, part + "-images");
            int height = images.readInt();
            int width = images.readInt();
            require(height == SIDE && width == SIDE, part + "-images: " + width + "x" + height + ", must be 28x28");
            require(header(labels, LABELS_MAGIC, part + "-labels") == count, part + ": images and labels differ");
            byte[] grey = new byte[SIDE * SIDE];
            for (int i = 0; i < count; i++) {
                images.readFully(grey);
                int label = labels.readUnsignedByte();
                require(label < CLASSES.size(), part + "-labels: label " + label + " of image " + i);
                String name = CLASSES.get(label);
                String key = String.format(Locale.ROOT, "%s-%05d", split.id(), i);
                Split own = split == Split.TRAIN ? Split.ofSubject(key, validationPercent, 0) : split;
                receiver.take(new RawImage(
                        key,
                        key,
                        png(grey),
                        Map.of("en", captions(name, i)),
                        new ImageAttributes(name, own, key, null, null, SOURCE.id())));
            }
        } catch (IOException e) {
            throw new DataException(
                    "Fashion-MNIST cannot be read from " + folder + ": " + e.getMessage()
                            + " (on Debian: apt-get install dataset-fashion-mnist)",
                    e);
        }
    }

    private DataInputStream open(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file);
        }
        return new DataInputStream(GzipFiles.open(file));
    }

    private static int header(DataInputStream in, int magic, String what) throws IOException {
        int found = in.readInt();
        require(found == magic, what + " begins with " + found + ", an IDX file of this kind with " + magic);
        return in.readInt();
    }

    private static void require(boolean fine, String complaint) throws IOException {
        if (!fine) {
            throw new IOException(complaint);
        }
    }

    /** The plain name first, then templates in turn, so that every template is used equally often. */
    private static List<String> captions(String name, int picture) {
        List<String> captions = new ArrayList<>();
        captions.add(name);
        String named = ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
        for (int i = 0; captions.size() < CAPTIONS; i++) {
            String template = TEMPLATES.get(1 + (picture * (CAPTIONS - 1) + i) % (TEMPLATES.size() - 1));
            captions.add(String.format(Locale.ROOT, template, template.startsWith("%s") ? name : named));
        }
        return captions;
    }

    private static byte[] png(byte[] grey) throws IOException {
        BufferedImage image = new BufferedImage(PADDED, PADDED, BufferedImage.TYPE_BYTE_GRAY);
        int margin = (PADDED - SIDE) / 2;
        for (int y = 0; y < PADDED; y++) {
            for (int x = 0; x < PADDED; x++) {
                boolean inside = y >= margin && y < margin + SIDE && x >= margin && x < margin + SIDE;
                int value = inside ? grey[(y - margin) * SIDE + x - margin] & 0xFF : 0;
                image.getRaster().setSample(x, y, 0, 255 - value);
            }
        }
        return ImageDecoder.toPng(image);
    }
}
