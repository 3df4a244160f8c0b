package dev.limner.training.data;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.util.List;
import java.util.Locale;

/** Images of floating-point samples: 0 is black and 1 is white, and nothing in the file says that it means another scale. */
final class FloatPixels {
    private FloatPixels() {}

    static boolean has(Raster raster) {
        int type = raster.getTransferType();
        return type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE;
    }

    /**
     * Remarks on samples outside of 0 to 1, as scaling leaves some.
     *
     * @throws ImageException if most are, so that only black or white would be left
     */
    static void require(Raster raster, List<ImageDecoder.Remarked> remarks) throws ImageException {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        long outside = 0;
        double[] row = new double[raster.getWidth() * raster.getNumBands()];
        for (int y = 0; y < raster.getHeight(); y++) {
            for (double sample : raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row)) {
                least = Math.min(least, sample);
                most = Math.max(most, sample);
                if (!(sample >= 0 && sample <= 1)) {
                    outside++;
                }
            }
        }
        if (outside == 0) {
            return;
        }
        String range = String.format(Locale.ROOT, "its samples are floats from %.4g to %.4g", least, most);
        if (2 * outside > (long) row.length * raster.getHeight()) {
            throw new ImageException(SkippedEntries.Reason.UNSUPPORTED, range + ", must be from 0 to 1");
        }
        remarks.add(new ImageDecoder.Remarked(
                SkippedEntries.Remark.WARNED, range + ", those below 0 taken as 0, above 1 as 1"));
    }
}
