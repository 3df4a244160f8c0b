package dev.limner.worker.schedule;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelCatalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jobs whose images are generated in several batches: keeps what is stored of each until all of it is, and joins it into
 * one result. The first part that has another outcome decides for the whole job; what comes of its other parts is dropped.
 * Until its last part is on its way a job keeps a lease on its model, so that all its images are of one model whatever
 * is released meanwhile. Whole jobs pass through. Safe from any thread.
 */
public final class SplitJobs {
    private final Map<RecordRef, Split> splits = new HashMap<>();

    private static final class Split {
        private final List<Part> stored = new ArrayList<>();
        private int images;
        private ModelCatalog.@Nullable Lease lease;

        Split(ModelCatalog.Lease lease) {
            this.lease = lease;
        }

        void endLease() {
            if (lease != null) {
                lease.close();
                lease = null;
            }
        }
    }

    private record Part(int first, Publication publication) {}

    /**
     * A job, or a part of one, goes to the device.
     *
     * @param lease of its batch
     */
    public synchronized void entered(QueuedJob part, ModelCatalog.Lease lease) {
        if (part.whole()) {
            return;
        }
        if (part.first() == 0) {
            splits.put(part.ref(), new Split(lease.shared()));
        } else if (part.last()) {
            Split split = splits.get(part.ref());
            if (split != null) {
                split.endLease();
            }
        }
    }

    /** Whether a part is still wanted: no other part of its job has decided the outcome. */
    public synchronized boolean isOpen(QueuedJob part) {
        return part.whole() || splits.containsKey(part.ref());
    }

    /** Another lease on a model that a job has begun with, though no other job may get it any more. */
    public synchronized Optional<ModelCatalog.Lease> lease(String digest) {
        for (Split split : splits.values()) {
            ModelCatalog.Lease held = split.lease;
            if (held != null && held.model().model().digest().equals(digest)) {
                return Optional.of(held.shared());
            }
        }
        return Optional.empty();
    }

    /**
     * The images of a part are durable.
     *
     * @param publication with these images only
     * @return the answer to the whole job if this was what it waited for
     */
    public synchronized Optional<Publication> stored(QueuedJob part, Publication publication) {
        if (part.whole()) {
            return Optional.of(publication);
        }
        Split split = splits.get(part.ref());
        if (split == null) {
            return Optional.empty();
        }
        split.stored.add(new Part(part.first(), publication));
        split.images += part.images();
        if (split.images < part.job().count()) {
            return Optional.empty();
        }
        splits.remove(part.ref());
        split.endLease();
        return Optional.of(joined(split.stored));
    }

    /**
     * A part has an outcome other than its images.
     *
     * @return whether that is the job's outcome; false if another part had one before
     */
    public synchronized boolean decides(QueuedJob part) {
        if (part.whole()) {
            return true;
        }
        Split split = splits.remove(part.ref());
        if (split != null) {
            split.endLease();
        }
        return split != null;
    }

    /**
     * Partitions are no longer owned: jobs of which a part has not entered yet will not be finished here.
     *
     * @return those jobs
     */
    public synchronized List<RecordRef> release(Set<PartitionRef> gone) {
        List<RecordRef> dropped = new ArrayList<>();
        Iterator<Map.Entry<RecordRef, Split>> all = splits.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<RecordRef, Split> entry = all.next();
            if (entry.getValue().lease != null && gone.contains(entry.getKey().partition())) {
                entry.getValue().endLease();
                dropped.add(entry.getKey());
                all.remove();
            }
        }
        return dropped;
    }

    private static Publication joined(List<Part> parts) {
        List<Publication> ordered = parts.stream()
                .sorted(Comparator.comparingInt(Part::first))
                .map(Part::publication)
                .toList();
        List<Outcome.ImageRef> images = new ArrayList<>();
        String profile = "";
        int attempts = 1;
        Result.Timings timings = null;
        for (Publication publication : ordered) {
            Result result = publication.result();
            if (result.outcome() instanceof Outcome.Completed completed) {
                images.addAll(completed.images());
                profile = completed.profile();
            }
            attempts = Math.max(attempts, result.attempts());
            timings = sum(timings, result.timings());
        }
        Publication first = ordered.get(0);
        Result of = first.result();
        Result result = new Result(
                of.jobId(),
                new Outcome.Completed(images, profile),
                of.tenant(),
                of.context(),
                of.group(),
                of.source(),
                of.redrive(),
                attempts,
                of.worker(),
                of.model(),
                timings,
                of.batch(),
                of.warnings());
        return new Publication(result, first.original(), first.origin(), null, first.traceParent());
    }

    /** What the parts took together; the waits are those of the first. */
    private static Result.@Nullable Timings sum(Result.@Nullable Timings before, Result.@Nullable Timings more) {
        if (before == null || more == null) {
            return before == null ? more : before;
        }
        return new Result.Timings(
                before.queued(),
                before.batched(),
                rounded(before.text() + more.text()),
                rounded(before.device() + more.device()),
                rounded(before.encode() + more.encode()),
                rounded(before.store() + more.store()),
                more.publish());
    }

    private static double rounded(double millis) {
        return Math.round(millis * 100) / 100.0;
    }
}
