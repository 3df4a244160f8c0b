package dev.limner.training.data;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.tiff.TiffMetadataReader;
import com.drew.imaging.webp.WebpMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import net.coobird.thumbnailator.util.exif.ExifFilterUtils;
import net.coobird.thumbnailator.util.exif.Orientation;
import org.jspecify.annotations.Nullable;

/** How a camera was held, from an image's EXIF block, 1 to 8. */
final class ExifOrientation {
    private static final int UPRIGHT = 1;
    private static final int LAST = 8;

    private ExifOrientation() {}

    /**
     * @param pngExif the block, where the file is a PNG that has one
     * @return 1 where the file does not say, or says nonsense
     */
    static int of(ImageFileFormat format, byte[] file, byte @Nullable [] pngExif) {
        try {
            Metadata metadata = metadata(format, file, pngExif);
            for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
                Integer turn = directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
                if (turn != null && turn >= UPRIGHT && turn <= LAST) {
                    return turn;
                }
            }
            return UPRIGHT;
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // The block is damaged; the pixels are not.
            return UPRIGHT;
        }
    }

    private static Metadata metadata(ImageFileFormat format, byte[] file, byte @Nullable [] pngExif)
            throws ImageProcessingException, IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(file);
        return switch (format) {
            case JPEG -> JpegMetadataReader.readMetadata(in, List.of(new ExifReader()));
            case WEBP -> WebpMetadataReader.readMetadata(in);
            case TIFF -> TiffMetadataReader.readMetadata(new ByteArrayReader(file));
            case PNG -> {
                Metadata metadata = new Metadata();
                if (pngExif != null) {
                    new ExifReader().extract(new ByteArrayReader(pngExif), metadata);
                }
                yield metadata;
            }
            case GIF, BMP -> new Metadata();
        };
    }

    static BufferedImage upright(BufferedImage image, int turn) {
        return turn == UPRIGHT
                ? image
                : ExifFilterUtils.getFilterForOrientation(Orientation.typeOf(turn))
                        .apply(image);
    }
}
