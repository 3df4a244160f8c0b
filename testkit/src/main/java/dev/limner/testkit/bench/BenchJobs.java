package dev.limner.testkit.bench;

import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.text.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The jobs that benchmarks send: captions of usual length, no two alike unless they are meant to be. One thread. */
final class BenchJobs {
    private final List<String> captions;
    private long next;

    private BenchJobs(List<String> captions) {
        this.captions = List.copyOf(captions);
    }

    /** Captions made of the demo's. */
    static BenchJobs of(ProjectLayout home) {
        try {
            return new BenchJobs(TextFile.wholeLines(home.demoCaptions()).stream()
                    .filter(line -> !line.isBlank())
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("the captions " + home.demoCaptions() + " cannot be read", e);
        }
    }

    /** The caption at a place in an endless list without repetition. */
    String distinct(long place) {
        return captions.get((int) (place % captions.size())) + ", take " + place / captions.size();
    }

    /** Jobs whose captions, ids and seeds occur once in this process. */
    List<Job> distinct(String run, int count, ImageFormat format) {
        List<Job> jobs = new ArrayList<>(count);
        // Goes on where the run before ended: its captions may still be in the worker's cache.
        long first = next;
        next += count;
        for (int i = 0; i < count; i++) {
            jobs.add(job(run + "-" + i, distinct(first + i), format));
        }
        return jobs;
    }

    /** Jobs with the demo's captions, over and over, each with a seed of its own. */
    List<Job> repeating(String run, int count, ImageFormat format) {
        List<Job> jobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            jobs.add(job(run + "-" + i, captions.get(i % captions.size()), format));
        }
        return jobs;
    }

    static Job job(String id, String caption, ImageFormat format) {
        return new Job(id, caption, Digests.seedOf(id), 1, ModelRef.DEFAULT, null, 1, format, null, null, null, null);
    }
}
