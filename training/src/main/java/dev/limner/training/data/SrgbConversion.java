package dev.limner.training.data;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images as 8-bit sRGB with alpha, sample by sample. Drawing one onto another would do for most types; for grey with
 * alpha it changes the values, because Java takes grey as linear light.
 */
final class SrgbConversion {
    private static final int OPAQUE = 0xFF;
    private static final List<Integer> ALREADY = List.of(
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR);

    private SrgbConversion() {}

    /**
     * @param profile what the file says its samples mean, where the decoder did not know
     * @param colourKey sample values that are transparent, as the raster has them
     * @throws CMMException if the profile cannot be used
     */
    static BufferedImage of(BufferedImage image, @Nullable ICC_Profile profile, int @Nullable [] colourKey) {
        if (profile == null && colourKey == null && ALREADY.contains(image.getType())) {
            return image;
        }
        BufferedImage flat = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        Rows rows = rows(image, profile);
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            rows.read(y, row);
            if (colourKey != null) {
                clear(image.getRaster(), y, colourKey, row);
            }
            flat.getRaster().setDataElements(0, y, width, 1, row);
        }
        return flat;
    }

    /** Hands over one row as packed, not premultiplied ARGB. */
    @FunctionalInterface
    private interface Rows {
        void read(int y, int[] row);
    }

    private static Rows rows(BufferedImage image, @Nullable ICC_Profile profile) {
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return profile == null ? plain(image) : indexed(image, palette, profile);
        }
        ColorSpace space = profile == null ? model.getColorSpace() : new ICC_ColorSpace(profile);
        if (profile == null && space.isCS_sRGB()) {
            return plain(image);
        }
        if (profile == null && space.getType() == ColorSpace.TYPE_GRAY) {
            return grey(image);
        }
        int depth = image.getRaster().getTransferType();
        boolean integers = depth == DataBuffer.TYPE_BYTE || depth == DataBuffer.TYPE_USHORT;
        return integers && space instanceof ICC_ColorSpace icc ? converted(image, icc) : plain(image);
    }

    private static Rows plain(BufferedImage image) {
        return (y, row) -> image.getRGB(0, y, row.length, 1, row, 0, row.length);
    }

    private static Rows indexed(BufferedImage image, IndexColorModel palette, ICC_Profile profile) {
        int size = palette.getMapSize();
        int[] colours = new int[size];
        palette.getRGBs(colours);
        WritableRaster from = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, size, 1, 3, null);
        for (int i = 0; i < size; i++) {
            from.setPixel(i, 0, new int[] {colours[i] >> 16 & 0xFF, colours[i] >> 8 & 0xFF, colours[i] & 0xFF});
        }
        ColorSpace space = new ICC_ColorSpace(profile);
        if (space.getNumComponents() != 3) {
            throw new CMMException("a profile of " + space.getNumComponents() + " components for a palette");
        }
        int[] rgb = convert(from, toSrgb(space));
        for (int i = 0; i < size; i++) {
            colours[i] = (colours[i] & 0xFF000000) | rgb[i];
        }
        int[] samples = new int[image.getWidth()];
        return (y, row) -> {
            image.getRaster().getSamples(0, y, row.length, 1, 0, samples);
            for (int x = 0; x < row.length; x++) {
                row[x] = colours[Math.min(samples[x], size - 1)];
            }
        };
    }

    private static Rows grey(BufferedImage image) {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        boolean premultiplied = image.isAlphaPremultiplied();
        float[] samples = new float[image.getWidth() * bands];
        float most = most(image, 0);
        float mostAlpha = most(image, bands - 1);
        return (y, row) -> {
            raster.getPixels(0, y, row.length, 1, samples);
            for (int x = 0; x < row.length; x++) {
                float alpha = bands == 1 ? 1 : samples[x * bands + bands - 1] / mostAlpha;
                float light = samples[x * bands] / most;
                int value = eight(premultiplied && alpha > 0 ? light / alpha : light);
                row[x] = eight(alpha) << 24 | value << 16 | value << 8 | value;
            }
        };
    }

    private static float most(BufferedImage image, int band) {
        return switch (image.getRaster().getTransferType()) {
            case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> 1;
            case DataBuffer.TYPE_SHORT -> Short.MAX_VALUE;
            default -> (float) ((1L << image.getColorModel().getComponentSize(band)) - 1);
        };
    }

    /** From 0 to 1, onto 0 to 255, rounded. */
    private static int eight(float value) {
        return Math.round(Math.clamp(value, 0f, 1f) * OPAQUE);
    }

    private static Rows converted(BufferedImage image, ICC_ColorSpace space) {
        WritableRaster raster = image.getRaster();
        int colours = space.getNumComponents();
        int bands = raster.getNumBands();
        if (bands != colours && bands != colours + 1) {
            throw new CMMException("a profile of " + colours + " components for " + bands + " channels");
        }
        int[] bandsOfColour = new int[colours];
        for (int i = 0; i < colours; i++) {
            bandsOfColour[i] = i;
        }
        ColorConvertOp conversion = toSrgb(space);
        float most = most(image, bands - 1);
        float[] alpha = new float[image.getWidth()];
        return (y, row) -> {
            int[] rgb = convert(raster.createWritableChild(0, y, row.length, 1, 0, 0, bandsOfColour), conversion);
            if (bands > colours) {
                raster.getSamples(0, y, row.length, 1, bands - 1, alpha);
            }
            for (int x = 0; x < row.length; x++) {
                row[x] = (bands > colours ? eight(alpha[x] / most) : OPAQUE) << 24 | rgb[x];
            }
        };
    }

    /** Prepares itself at its first row, which takes milliseconds: one per image. */
    private static ColorConvertOp toSrgb(ColorSpace space) {
        return new ColorConvertOp(space, ColorSpace.getInstance(ColorSpace.CS_sRGB), null);
    }

    /** One row, without alpha. */
    private static int[] convert(Raster from, ColorConvertOp conversion) {
        WritableRaster to = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, from.getWidth(), 1, 3, null);
        conversion.filter(from, to);
        int[] samples = to.getPixels(0, 0, from.getWidth(), 1, (int[]) null);
        int[] packed = new int[from.getWidth()];
        for (int x = 0; x < packed.length; x++) {
            packed[x] = samples[3 * x] << 16 | samples[3 * x + 1] << 8 | samples[3 * x + 2];
        }
        return packed;
    }

    /** Whether a pixel of a palette image has this colour number or one behind it. */
    static boolean uses(BufferedImage image, int number) {
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int sample : image.getRaster().getSamples(0, y, row.length, 1, 0, row)) {
                if (sample >= number) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void clear(Raster raster, int y, int[] colourKey, int[] row) {
        int bands = Math.min(raster.getNumBands(), colourKey.length);
        for (int x = 0; x < row.length; x++) {
            boolean same = true;
            for (int band = 0; band < bands && same; band++) {
                same = raster.getSample(x, y, band) == colourKey[band];
            }
            if (same) {
                row[x] &= 0x00FFFFFF;
            }
        }
    }
}
