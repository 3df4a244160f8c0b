package dev.limner.testkit.fault.bug;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.testkit.fault.forwarding.ForwardingGenerator;
import dev.limner.worker.model.ImageGenerator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Images of a batch go to their neighbours. */
public final class SwapPictures implements SeededBug {
    @Override
    public ImageGenerator generator(ImageGenerator generator) {
        return new ForwardingGenerator(generator) {
            @Override
            public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
                boolean jobs = jobsHaveBegun(requests);
                List<Pixels> images = super.generate(requests, batchSize);
                if (!jobs
                        || requests.stream()
                                        .mapToLong(RenderRequest::seed)
                                        .distinct()
                                        .count()
                                < 2) {
                    return images;
                }
                List<Pixels> swapped = new ArrayList<>(images);
                Collections.rotate(swapped, 1);
                return swapped;
            }
        };
    }
}
