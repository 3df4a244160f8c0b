package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Result;
import dev.limner.protocol.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * One plain colour a picture, from its seed: everything but a model. It shows what the rest of a worker can do, and lets
 * a deployment be tried where there is no device.
 */
public final class ConstantEngine implements PictureEngine {
    private static final Size SIZE = new Size(64, 64);
    private static final Result.Model MODEL = new Result.Model(ModelRef.DEFAULT.name(), "0".repeat(64));

    @Override
    public Result.Model model() {
        return MODEL;
    }

    @Override
    public Size size() {
        return SIZE;
    }

    @Override
    public List<Pixels> draw(List<RenderRequest> requests) {
        List<Pixels> pictures = new ArrayList<>(requests.size());
        for (RenderRequest request : requests) {
            long colour = request.seed() + request.index();
            byte[] rgb = new byte[3 * SIZE.width() * SIZE.height()];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) (colour >>> (Byte.SIZE * (i % 3)));
            }
            pictures.add(new Pixels(SIZE.width(), SIZE.height(), rgb));
        }
        return pictures;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
