package dev.limner.worker.model;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked for, written down in colours: everything but a model. It shows what the rest of a worker can do, lets a
 * deployment be tried where there is no device, and lets anybody tell from an image which job it belongs to.
 *
 * <p>64 blocks of 8 x 8 pixels, row by row. Of block {@code n} the red is byte {@code n mod 8} of the seed, lowest first,
 * the green is byte {@code n mod 32} of the caption's SHA-256, and the blue is the image's index.
 */
public final class SyntheticGenerator implements ImageGenerator {
    private static final int SIDE = 64;
    private static final int BLOCK = 8;
    private static final int CHANNELS = 3;
    private static final ImageSize SIZE = new ImageSize(SIDE, SIDE);
    private static final Result.Model MODEL = new Result.Model(ModelRef.DEFAULT.name(), "0".repeat(64));

    private final Duration delay;

    /** @param delay how long a computation takes, whatever its size: a device that is simulated */
    public SyntheticGenerator(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("limner.worker.constant-delay is " + delay + ", must be at least 0");
        }
        this.delay = delay;
    }

    @Override
    public Result.Model model() {
        return MODEL;
    }

    /** A caption, as long an embedding as its encoder makes. */
    @Override
    public ModelInputs inputs() {
        return ModelInputs.caption(1, 1);
    }

    @Override
    public ImageSize size() {
        return SIZE;
    }

    @Override
    public List<RenderRequest> probes(int count) {
        List<RenderRequest> probes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            probes.add(new RenderRequest(new float[] {i}, i, 0, 1));
        }
        return probes;
    }

    @Override
    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
        if (!delay.isZero()) {
            pause();
        }
        return requests.stream().map(SyntheticGenerator::generate).toList();
    }

    private void pause() {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Pixels generate(RenderRequest request) {
        byte[] rgb = new byte[CHANNELS * SIDE * SIDE];
        float[] caption = request.embedding();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int block = y / BLOCK * (SIDE / BLOCK) + x / BLOCK;
                int at = CHANNELS * (y * SIDE + x);
                rgb[at] = (byte) (request.seed() >>> (Byte.SIZE * (block % Long.BYTES)));
                rgb[at + 1] = (byte) caption[block % caption.length];
                rgb[at + 2] = (byte) request.index();
            }
        }
        return new Pixels(SIDE, SIDE, rgb);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
