package dev.limner.testkit.fault.forwarding;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import dev.limner.worker.model.ImageGenerator;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Asks another generator everything, and knows when the worker has done with trying the device. Safe from any thread. */
public class ForwardingGenerator implements ImageGenerator {
    private final ImageGenerator generator;
    private final Set<RenderRequest> trials = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean jobs;

    public ForwardingGenerator(ImageGenerator generator) {
        this.generator = generator;
    }

    @Override
    public Result.Model model() {
        return generator.model();
    }

    @Override
    public ModelInputs inputs() {
        return generator.inputs();
    }

    @Override
    public ImageSize size() {
        return generator.size();
    }

    @Override
    public List<RenderRequest> probes(int count) {
        List<RenderRequest> probes = generator.probes(count);
        synchronized (trials) {
            if (!jobs) {
                trials.addAll(probes);
            }
        }
        return probes;
    }

    @Override
    public List<Pixels> generate(List<RenderRequest> requests, int batchSize) {
        return generator.generate(requests, batchSize);
    }

    /**
     * Whether jobs have begun: with requests that are no probes. Before that a worker compares what the device generates
     * in one place and another, and would not even start with one that errs.
     */
    protected final boolean jobsHaveBegun(List<RenderRequest> requests) {
        synchronized (trials) {
            if (!jobs && !trials.containsAll(requests)) {
                jobs = true;
                trials.clear();
            }
            return jobs;
        }
    }

    @Override
    public void close() {
        generator.close();
    }
}
