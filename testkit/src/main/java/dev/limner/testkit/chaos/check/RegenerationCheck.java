package dev.limner.testkit.chaos.check;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.Digests;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;

/** Generates some of the images again, alone, and compares every pixel. One thread. */
public final class RegenerationCheck implements AutoCloseable {
    private static final int EVERY = 40;

    private final Renderer renderer;
    private final TextEncoder encoder;
    private int looked;
    private int generated;

    public RegenerationCheck(Path model, Path cache) {
        ModelBundle bundle = ModelBundle.read(model);
        this.renderer = Renderer.load(bundle, Device.cpu());
        this.encoder =
                PretrainedEncoder.of(bundle.manifest().requireTextEncoder()).load(cache, 1);
    }

    /**
     * What is wrong with an image; empty if nothing, or if it was not its turn to be looked at.
     *
     * @param profile what it was generated on, as its result says: it names the batch size to generate with
     */
    String mismatch(JsonNode image, JsonNode job, String profile) {
        if (looked++ % EVERY != 0) {
            return "";
        }
        generated++;
        String caption = Normalizer.normalize(job.path("caption").asText().strip(), Normalizer.Form.NFC);
        RenderRequest request = new RenderRequest(
                encoder.encode(caption).embedding(),
                image.path("seed").asLong(),
                image.path("index").asInt(),
                job.path("truncation").asDouble(1));
        byte[] pixels = renderer.render(
                        List.of(request), ExecutionProfile.batchOf(profile).orElse(ReferenceBatch.on(Device.cpu())))
                .get(0)
                .rgb();
        return Digests.sha256(pixels).equals(image.path("pixelsSha256").asText())
                ? ""
                : "generated again it comes out otherwise";
    }

    /** Images generated again. */
    public int generated() {
        return generated;
    }

    @Override
    public void close() {
        renderer.close();
        encoder.close();
    }
}
