package dev.limner.worker.model;

import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.WorkerStatus.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The models on the device and which jobs they get. Whoever generates leases the model; one that is retired continues until its
 * last lease ends and is closed then. A swap is a change of one reference between two batches: nobody waits for it.
 *
 * <p>Routes, models and leases may be asked for from any thread; models are put in and taken out by the release thread.
 */
public final class ModelCatalog implements ModelRoute.Router, AutoCloseable {
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final AbsentModels absent = new AbsentModels();
    private String live;
    private @Nullable TrafficShare trial;
    private @Nullable TrafficShare holdout;
    private boolean suspended;

    private static final class Slot {
        private final LoadedModel model;
        private int leases;
        private boolean retired;
        private long usedNanos = System.nanoTime();

        Slot(LoadedModel model) {
            this.model = model;
        }
    }

    /** @param first live from the start */
    public ModelCatalog(LoadedModel first) {
        this.live = first.model().digest();
        slots.put(live, new Slot(first));
    }

    /**
     * Whom to tell the digest of a model that a job names and that is not here, once; must not block. Until it is set, and
     * with null, there are no other models.
     */
    public synchronized void onWanted(@Nullable Consumer<String> listener) {
        absent.onWanted(listener);
    }

    /** A model in use. Closing it twice is closing it once. */
    public final class Lease implements AutoCloseable {
        private final Slot slot;
        private boolean ended;

        private Lease(Slot slot) {
            this.slot = slot;
        }

        public LoadedModel model() {
            return slot.model;
        }

        /** Another lease on the same model. */
        public Lease shared() {
            synchronized (ModelCatalog.this) {
                slot.leases++;
                return new Lease(slot);
            }
        }

        @Override
        public void close() {
            synchronized (ModelCatalog.this) {
                if (!ended) {
                    ended = true;
                    slot.leases--;
                    closeIfDone(slot);
                    ModelCatalog.this.notifyAll();
                }
            }
        }
    }

    @Override
    public synchronized ModelRoute of(Job job) {
        ModelRef ref = job.model();
        if (!serves(ref)) {
            return new ModelRoute.UnknownModel("which is not served here; " + ModelRef.SERVED_INSTEAD
                    + live().model.model().name());
        }
        String named = ref.digest();
        if (named != null && !slots.containsKey(named)) {
            return absent.route(named);
        }
        return suspended ? new ModelRoute.Loading() : new ModelRoute.Ready(named == null ? forEverybody(job) : named);
    }

    private boolean serves(ModelRef ref) {
        return ref.name().equals(live().model.model().name());
    }

    /**
     * A job waits for the model that it names: one that is here counts as used, one that is not is asked for. Of no effect
     * for a job that names none, and for a model that is asked for already or known not to be had. Only so many are asked
     * for at a time, so this is to be called again for a job whose route is still open.
     */
    public synchronized void want(Job job) {
        ModelRef ref = job.model();
        String named = ref.digest();
        if (named == null || !serves(ref)) {
            return;
        }
        Slot slot = slots.get(named);
        if (slot == null) {
            absent.want(named);
        } else {
            slot.usedNanos = System.nanoTime();
        }
    }

    private String forEverybody(Job job) {
        TrafficShare tried = trial;
        TrafficShare kept = holdout;
        if (tried != null && tried.gets(job)) {
            return tried.digest();
        }
        return kept != null && kept.gets(job) ? kept.digest() : live;
    }

    /** The model that jobs of no particular digest get; never one that is being swapped out. */
    public synchronized LoadedModel serving() {
        return live().model;
    }

    /** A model by its digest, if it is here. */
    public synchronized Optional<LoadedModel> find(String digest) {
        return Optional.ofNullable(slots.get(digest)).map(slot -> slot.model);
    }

    /**
     * Leases a model that {@link #of} named a moment ago; empty if it has been retired since.
     */
    public synchronized Optional<Lease> lease(String digest) {
        Slot slot = slots.get(digest);
        if (slot == null || suspended) {
            return Optional.empty();
        }
        slot.leases++;
        slot.usedNanos = System.nanoTime();
        return Optional.of(new Lease(slot));
    }

    private Slot live() {
        return slot(live);
    }

    private Slot slot(String digest) {
        return Objects.requireNonNull(slots.get(digest), digest);
    }

    /** Puts a model beside the others; jobs that name its digest get it from now on. */
    public synchronized void add(LoadedModel model) {
        String digest = model.model().digest();
        absent.arrived(digest);
        if (slots.put(digest, new Slot(model)) != null) {
            throw new IllegalStateException(digest + " is loaded already");
        }
    }

    /** A job that names this digest is refused from now on, until the model is put in. */
    public synchronized void unavailable(String digest, String why) {
        absent.unavailable(digest, why);
    }

    /** Forgets what was unavailable: there is news. */
    public synchronized void askAgain() {
        absent.askAgain();
    }

    /** Makes a model live that is here. */
    public synchronized void setLive(String digest) {
        slot(digest);
        live = digest;
    }

    /** Gives a model that is here a share of the jobs, or ends the trial. */
    public synchronized void setTrial(@Nullable String digest, double share) {
        if (digest != null) {
            slot(digest);
        }
        trial = digest == null ? null : new TrafficShare(digest, share, Instant.MAX);
    }

    /** Keeps a share of the jobs with a model that is here and was live before, or ends that. */
    public synchronized void setHoldout(@Nullable String digest, double share, Instant until) {
        if (digest != null) {
            slot(digest);
        }
        holdout = digest == null ? null : new TrafficShare(digest, share, until);
    }

    /** Takes out what is neither live, canary nor held out, except the {@code pinned} that were used last. */
    public synchronized void retire(int pinned) {
        List<Slot> idle = new ArrayList<>();
        slots.forEach((digest, slot) -> {
            if (role(digest) == Role.PINNED) {
                idle.add(slot);
            }
        });
        idle.sort((a, b) -> Long.compare(b.usedNanos, a.usedNanos));
        idle.stream().skip(pinned).forEach(this::retire);
    }

    private void retire(Slot slot) {
        slots.remove(slot.model.model().digest());
        slot.retired = true;
        closeIfDone(slot);
    }

    private static void closeIfDone(Slot slot) {
        if (slot.retired && slot.leases == 0) {
            slot.model.close();
        }
    }

    /**
     * Lets nobody generate until {@link #replaceLive}: for a device without room for two models. Waits until the last lease
     * has ended, then takes every model out.
     */
    public synchronized void drain() throws InterruptedException {
        suspended = true;
        while (slots.values().stream().anyMatch(slot -> slot.leases > 0)) {
            wait();
        }
        slots.values().forEach(slot -> slot.model.close());
    }

    /** Ends what {@link #drain()} began. */
    public synchronized void replaceLive(LoadedModel model) {
        slots.clear();
        trial = null;
        holdout = null;
        live = model.model().digest();
        absent.arrived(live);
        slots.put(live, new Slot(model));
        suspended = false;
    }

    private Role role(String digest) {
        if (digest.equals(live)) {
            return Role.LIVE;
        }
        boolean shares = Stream.of(Optional.ofNullable(trial), Optional.ofNullable(holdout))
                .flatMap(Optional::stream)
                .anyMatch(one -> one.digest().equals(digest));
        return shares ? Role.CANARY : Role.PINNED;
    }

    /** What is here, the live one first. */
    public synchronized List<WorkerStatus.Loaded> status() {
        return slots.entrySet().stream()
                .map(entry -> entry.getValue().model.status(role(entry.getKey())))
                .sorted((a, b) -> a.role().compareTo(b.role()))
                .toList();
    }

    /** Closes every model, in use or not: the pipeline has ended. */
    @Override
    public synchronized void close() {
        if (!suspended) {
            slots.values().forEach(slot -> slot.model.close());
        }
        slots.clear();
    }
}
