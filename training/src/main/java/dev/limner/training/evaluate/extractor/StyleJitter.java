package dev.limner.training.evaluate.extractor;

import dev.limner.generator.image.Pixels;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Images as another hand might have made them: a little larger or smaller, moved, turned, stretched, in slightly other
 * colours, with a part covered. White stays white, and a hue moves less than from one colour's name to the next, because
 * captions name colours. No flip: captions name sides.
 *
 * @param strength of all of it; 0 changes nothing
 */
record StyleJitter(double strength) {
    private static final double SHIFT = 0.08;
    private static final double SCALE = 0.2;
    private static final double STRETCH = 0.1;
    private static final double TURN = 0.15;
    private static final double GAMMA = 0.3;
    private static final double SATURATION = 0.25;
    private static final double HUE = 0.1;
    private static final double COVERED = 0.3;
    private static final double COVERED_MOST = 0.3;
    private static final float HALF_RANGE = 127.5f;
    private static final float WHITE = 255;
    private static final int CHANNELS = 3;

    /** Planes of [-1, 1]: (n, 3, side, side), row by row. */
    float[] apply(List<Pixels> images, SplittableRandom random) {
        int side = images.get(0).width();
        int area = side * side;
        float[] planes = new float[images.size() * CHANNELS * area];
        SplittableRandom[] streams = new SplittableRandom[images.size()];
        Arrays.setAll(streams, i -> random.split());
        IntStream.range(0, images.size())
                .parallel()
                .forEach(i -> one(images.get(i).rgb(), side, streams[i], planes, i * CHANNELS * area));
        return planes;
    }

    private double around(SplittableRandom random, double most) {
        return strength * most * (2 * random.nextDouble() - 1);
    }

    private void one(byte[] rgb, int side, SplittableRandom random, float[] planes, int start) {
        double scale = Math.exp(around(random, SCALE));
        double stretch = Math.exp(around(random, STRETCH));
        double angle = around(random, TURN);
        double right = side * around(random, SHIFT);
        double down = side * around(random, SHIFT);
        double cos = Math.cos(angle) / scale;
        double sin = Math.sin(angle) / scale;
        double middle = (side - 1) / 2.0;
        int area = side * side;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double dx = x - middle - right;
                double dy = y - middle - down;
                double fromX = middle + (cos * dx + sin * dy) * stretch;
                double fromY = middle + (cos * dy - sin * dx) / stretch;
                sample(rgb, side, fromX, fromY, planes, start + y * side + x, area);
            }
        }
        colours(planes, start, area, random);
        cover(planes, start, side, random);
    }

    /** Bilinear; white outside. */
    private static void sample(byte[] rgb, int side, double x, double y, float[] planes, int to, int area) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float fx = (float) (x - left);
        float fy = (float) (y - top);
        for (int channel = 0; channel < CHANNELS; channel++) {
            float above = (1 - fx) * at(rgb, side, left, top, channel) + fx * at(rgb, side, left + 1, top, channel);
            float below =
                    (1 - fx) * at(rgb, side, left, top + 1, channel) + fx * at(rgb, side, left + 1, top + 1, channel);
            planes[to + channel * area] = (1 - fy) * above + fy * below;
        }
    }

    private static float at(byte[] rgb, int side, int x, int y, int channel) {
        return x < 0 || y < 0 || x >= side || y >= side ? WHITE : rgb[CHANNELS * (y * side + x) + channel] & 0xFF;
    }

    /** Gamma, saturation, and a turn of the hue in YIQ; all of them leave white white. */
    private void colours(float[] planes, int start, int area, SplittableRandom random) {
        double gamma = Math.exp(around(random, GAMMA));
        float saturation = (float) (1 + around(random, SATURATION));
        double hue = around(random, HUE);
        float cos = (float) Math.cos(hue) * saturation;
        float sin = (float) Math.sin(hue) * saturation;
        float[] curve = new float[(int) WHITE + 2];
        for (int i = 0; i < curve.length; i++) {
            curve[i] = (float) (WHITE * Math.pow(Math.min(1, i / WHITE), gamma));
        }
        for (int i = start; i < start + area; i++) {
            float r = lookUp(curve, planes[i]);
            float g = lookUp(curve, planes[i + area]);
            float b = lookUp(curve, planes[i + 2 * area]);
            float luma = 0.299f * r + 0.587f * g + 0.114f * b;
            float inPhase = 0.596f * r - 0.274f * g - 0.322f * b;
            float quadrature = 0.211f * r - 0.523f * g + 0.312f * b;
            float turnedI = cos * inPhase - sin * quadrature;
            float turnedQ = sin * inPhase + cos * quadrature;
            planes[i] = scaled(luma + 0.956f * turnedI + 0.621f * turnedQ);
            planes[i + area] = scaled(luma - 0.272f * turnedI - 0.647f * turnedQ);
            planes[i + 2 * area] = scaled(luma - 1.106f * turnedI + 1.703f * turnedQ);
        }
    }

    private static float lookUp(float[] curve, float value) {
        int at = (int) value;
        float share = value - at;
        return (1 - share) * curve[at] + share * curve[at + 1];
    }

    private static float scaled(float value) {
        return Math.clamp(value / HALF_RANGE - 1, -1f, 1f);
    }

    /** A rectangle of white. */
    private void cover(float[] planes, int start, int side, SplittableRandom random) {
        boolean covered = random.nextDouble() < COVERED * Math.min(1, strength);
        int height = 1 + (int) (side * COVERED_MOST * random.nextDouble());
        int width = 1 + (int) (side * COVERED_MOST * random.nextDouble());
        int top = random.nextInt(side - height + 1);
        int left = random.nextInt(side - width + 1);
        if (!covered) {
            return;
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int y = top; y < top + height; y++) {
                int row = start + (channel * side + y) * side;
                Arrays.fill(planes, row + left, row + left + width, 1f);
            }
        }
    }
}
