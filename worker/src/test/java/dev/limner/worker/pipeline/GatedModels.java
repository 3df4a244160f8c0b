package dev.limner.worker.pipeline;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.LoadedModel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Models that generate an index and a digest, once they are let: what is taken before waits in the pipeline. */
final class GatedModels {
    /** What no model here can embed. */
    static final String UNREADABLE = "unreadable";

    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile CountDownLatch device = new CountDownLatch(0);
    private volatile boolean onDevice;
    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /** Lets the device begin, and end nothing before it is let go. */
    void holdDevice() {
        onDevice = false;
        device = new CountDownLatch(1);
    }

    /** Whether it has begun since it is held. */
    boolean onDevice() {
        return onDevice;
    }

    void letGoOfDevice() {
        device.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was taken so far and what is taken from now on is generated. */
    void open() {
        gate.countDown();
    }

    /** Digests of the models that were closed. */
    Set<String> closed() {
        return closed;
    }

    /** @param bad index of an image that this model cannot generate; -1 for none */
    LoadedModel model(String digest, int bad) {
        ImageGenerator generator = new ImageGenerator() {
            @Override
            public Result.Model model() {
                return new Result.Model("default", digest);
            }

            @Override
            public ModelInputs inputs() {
                return ModelInputs.caption(1, 1);
            }

            @Override
            public ImageSize size() {
                return new ImageSize(8, 8);
            }

            @Override
            public List<RenderRequest> probes(int count) {
                return IntStream.range(0, count)
                        .mapToObj(i -> new RenderRequest(new float[] {1}, i, 0, 1))
                        .toList();
            }

            @Override
            public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                return requests.stream().map(this::generate).toList();
            }

            private Pixels generate(RenderRequest request) {
                onDevice = true;
                GatedModels.await(device);
                if (request.index() == bad) {
                    throw new IllegalStateException("an image that no device can generate");
                }
                byte[] rgb = new byte[3 * 64];
                rgb[0] = (byte) request.index();
                rgb[1] = (byte) digest.charAt(0);
                return new Pixels(8, 8, rgb);
            }

            @Override
            public void close() {
                closed.add(digest);
            }
        };
        return new LoadedModel(
                BatchedGenerator.of(generator, new BatchBuckets(List.of(4, 8))), new Gated(), LoadedModel.Origin.NONE);
    }

    /** Embeds nothing until the gate opens: what is taken until then waits in the pipeline. */
    final class Gated implements TextEncoder {
        private final TextEncoder encoder = new HashTextEncoder();

        @Override
        public String id() {
            return encoder.id();
        }

        @Override
        public int dimensions() {
            return encoder.dimensions();
        }

        @Override
        public CaptionEncoding encode(String caption) {
            GatedModels.await(gate);
            if (caption.equals(UNREADABLE)) {
                throw new IllegalStateException("a caption that nothing embeds");
            }
            return encoder.encode(caption);
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
