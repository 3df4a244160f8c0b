package dev.limner.testkit.bench.swap;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.Digests;
import dev.limner.protocol.Job;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Results as they came, and what is wrong with them. One thread. */
final class SwapTally {

    private final Map<String, Result> results = new LinkedHashMap<>();
    private final Map<String, Long> lastOf = new HashMap<>();
    private final List<Long> times = new ArrayList<>();
    private int duplicates;
    private int undrawn;
    private double longestPause;
    private double longestOfAWorker;

    /** A result came. */
    void add(Result result, long nanos) {
        if (results.put(result.jobId(), result) != null) {
            duplicates++;
        }
        if (!(result.outcome() instanceof Outcome.Completed)) {
            undrawn++;
        }
        if (!times.isEmpty()) {
            longestPause = Math.max(longestPause, (nanos - times.getLast()) / 1e6);
        }
        Long before = lastOf.put(result.worker(), nanos);
        if (before != null) {
            longestOfAWorker = Math.max(longestOfAWorker, (nanos - before) / 1e6);
        }
        times.add(nanos);
    }

    int size() {
        return results.size();
    }

    int duplicates() {
        return duplicates;
    }

    /** Jobs that were answered with something else than an image. */
    int undrawn() {
        return undrawn;
    }

    /** Forgets the pauses so far. */
    void restartPauses() {
        longestPause = 0;
        longestOfAWorker = 0;
    }

    /** Milliseconds in which no worker answered anything. */
    double longestPause() {
        return longestPause;
    }

    /** Milliseconds in which a worker that had answered before, and did after, answered nothing. */
    double longestOfAWorker() {
        return longestOfAWorker;
    }

    /** Results that name none of the releases. */
    long mismatched(Set<String> digests) {
        return results.values().stream()
                .filter(result -> !digests.contains(
                        Objects.requireNonNull(result.model(), result.jobId()).digest()))
                .count();
    }

    /** Different models that generated. */
    long models() {
        return results.values().stream().map(Result::model).distinct().count();
    }

    /** Jobs without a result. */
    long lost(List<Job> jobs) {
        return jobs.stream().filter(job -> !results.containsKey(job.id())).count();
    }

    /** How images come out that are generated again. */
    record Redrawn(int images, int different, int models) {}

    /** Generates every n-th image again, offline, with the bundle its result names. */
    Redrawn redraw(List<Job> jobs, int every, BundleStore store, String name, TextEncoder encoder) {
        Map<String, List<Job>> byModel = new LinkedHashMap<>();
        for (int i = 0; i < jobs.size(); i += every) {
            Job job = jobs.get(i);
            Result result = results.get(job.id());
            if (result != null && result.model() != null) {
                byModel.computeIfAbsent(result.model().digest(), key -> new ArrayList<>())
                        .add(job);
            }
        }
        int images = 0;
        int different = 0;
        for (Map.Entry<String, List<Job>> entry : byModel.entrySet()) {
            ModelBundle bundle = ModelBundle.read(Path.of(store.uri(name, entry.getKey())));
            try (Renderer renderer = Renderer.load(bundle, Device.cpu())) {
                for (Job job : entry.getValue()) {
                    images++;
                    RenderRequest request = new RenderRequest(
                            encoder.encode(Objects.requireNonNull(job.caption()))
                                    .embedding(),
                            job.seed(),
                            0,
                            job.truncation());
                    Result result = Objects.requireNonNull(results.get(job.id()));
                    boolean same = result.outcome() instanceof Outcome.Completed completed
                            && completed.images().get(0).pixelsSha256().equals(again(renderer, request, completed));
                    different += same ? 0 : 1;
                }
            }
        }
        return new Redrawn(images, different, byModel.size());
    }

    /** Digest of an image generated again, in batches of the size that its result stands for. */
    private static String again(Renderer renderer, RenderRequest request, Outcome.Completed completed) {
        int batch = ExecutionProfile.batchOf(completed.profile()).orElse(ReferenceBatch.on(Device.cpu()));
        return Digests.sha256(renderer.render(List.of(request), batch).get(0).rgb());
    }
}
