package dev.limner.testkit.bench.learn;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A data set without the images of one kind, and those images.
 *
 * @param rest what a model may be trained on
 * @param shown of the kind, to be shown to the trainer as examples
 * @param unseen of the kind, shown to nobody
 */
record HeldOutClass(DataSet all, List<CaptionedImage> rest, List<CaptionedImage> shown, List<CaptionedImage> unseen) {
    static final String LANGUAGE = "en";

    /** @param kind what the plainest caption of an image of the kind starts with */
    static HeldOutClass of(DataSet all, String kind) {
        List<CaptionedImage> rest = new ArrayList<>();
        List<CaptionedImage> shown = new ArrayList<>();
        List<CaptionedImage> unseen = new ArrayList<>();
        for (CaptionedImage image : all.images()) {
            boolean ofTheKind =
                    image.captionsIn(LANGUAGE).stream().limit(1).anyMatch(caption -> caption.startsWith(kind));
            if (!ofTheKind) {
                rest.add(image);
            } else if (all.splitOf(image) == Split.TRAIN) {
                shown.add(image);
            } else {
                unseen.add(image);
            }
        }
        return new HeldOutClass(all, rest, shown, unseen);
    }

    /** Makes a data set of what is left; the same one again changes nothing. */
    void writeRest(Path folder) {
        if (DataSettings.in(folder)) {
            return;
        }
        try {
            Files.createDirectories(folder);
            ShardFiles.write(folder.resolve("rest-000000.tar.gz"), rest);
            all.settings().write(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the data set " + folder + " cannot be written", e);
        }
    }

    /** Writes one of the images where a trainer may read it. */
    static URI write(Path folder, CaptionedImage image) {
        Path file = folder.resolve(image.key() + ".png");
        int width = image.pixels().width();
        BufferedImage picture = new BufferedImage(width, image.pixels().height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.pixels().rgb();
        for (int i = 0; i < rgb.length / 3; i++) {
            int value = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
            picture.setRGB(i % width, i / width, value);
        }
        try {
            Files.createDirectories(folder);
            ImageIO.write(picture, "png", file.toFile());
            return file.toUri();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
