package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleStore;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.topic.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker on the models that the models topic names. Reads all of the topic, as every worker does, and carries the
 * last record of its model out on a thread of its own, so that generating continues meanwhile. Not a channel of the messaging
 * library: a worker that starts has to know that it has read to the end before it takes a job.
 */
public final class ModelAnnouncements implements ReleaseReport, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelAnnouncements.class);
    private static final int PIN_ATTEMPTS = 4;
    private static final Duration FIRST_PIN_AFTER = Duration.ofSeconds(1);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(15);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("limner-release").daemon().factory());
    private final AtomicReference<Pending> pending = new AtomicReference<>(Pending.NOTHING);
    /** Why the last record was not believed. */
    private final AtomicReference<@Nullable ReleaseRejected> doubted = new AtomicReference<>();

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final boolean fallback;
    private final ModelCatalog slots;
    private final ReleaseManager releases;
    private final TopicReader reader;
    /** Whether there is a record, readable or not. */
    private volatile boolean announced;
    /** Until then the topic's past goes by. */
    private volatile boolean caughtUp;
    /** Of the release thread. */
    private boolean retryPlanned;

    /**
     * Reads the topic to its end, however long the brokers are unavailable, and brings what is live there onto the device; returns
     * when that is done or refused. {@link #ready} says which.
     *
     * @param store where bundles lie
     * @param slots start with the model whose name is followed
     * @throws java.util.concurrent.CancellationException if the thread is interrupted before
     */
    public ModelAnnouncements(
            ReleaseSettings settings, BundleStore store, ModelLoader loader, ModelCatalog slots, Clock clock) {
        this.name = slots.serving().model().name();
        this.slots = slots;
        this.fallback = settings.fallback();
        this.releases = new ReleaseManager(
                settings,
                store,
                loader,
                slots,
                // Without a key nothing is held against a record, so nothing has to be known.
                slot -> settings.key() == null
                        ? new RevisionMemory(slot.shared("revision"), 0)
                        : RevisionMemory.of(settings, slot, name),
                ModelMemory.ofMachine(),
                clock);
        this.reader = new TopicReader(settings.bootstrap(), settings.topic(), settings.client(), new Records());
        try {
            reader.awaitCaughtUp();
            caughtUp = true;
            CompletableFuture.runAsync(this::carryOut, thread).join();
            slots.onWanted(this::want);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * What the release thread has not seen yet.
     *
     * @param record the newest
     * @param again whether the topic was created again before it
     */
    private record Pending(@Nullable ModelRecord record, boolean again) {
        static final Pending NOTHING = new Pending(null, false);

        /** Whoever writes an old record after a new one changes nothing. */
        Pending with(ModelRecord next) {
            return record != null && record.revision() > next.revision() ? this : new Pending(next, again);
        }
    }

    /** What the topic says. */
    private final class Records implements TopicReader.Reader {
        @Override
        public void take(TopicReader.Entry entry) {
            note(entry);
        }

        @Override
        public void startOver() {
            // What the old topic said last may have a higher revision than all that the new one says.
            pending.set(new Pending(null, true));
            announced = false;
            if (caughtUp) {
                submit(ModelAnnouncements.this::carryOut);
            }
        }
    }

    private void note(TopicReader.Entry entry) {
        byte[] value = entry.value();
        if (entry.key() == null || !name.equals(new String(entry.key(), StandardCharsets.UTF_8))) {
            return;
        }
        if (value == null) {
            // Nobody can sign that there is no record.
            if (!releases.trust().isStrict()) {
                announced = false;
                pending.updateAndGet(waiting -> new Pending(null, waiting.again()));
                if (caughtUp) {
                    // Who waits for a record that nobody could read need not wait any longer.
                    submit(this::carryOut);
                }
            }
            return;
        }
        announced = true;
        try {
            ModelRecord record = releases.trust().authentic(value);
            doubted.set(null);
            pending.updateAndGet(waiting -> waiting.with(record));
        } catch (ReleaseRejected e) {
            doubted.set(e);
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("a model record is not trusted and changes nothing");
        } catch (IllegalArgumentException e) {
            LOG.atError().addKeyValue("error", e.getMessage()).log("a model record cannot be read");
        }
        if (caughtUp) {
            submit(this::carryOut);
        }
    }

    /**
     * Done once this worker may generate: it has what is live, or nothing is announced. Until then it has only the model it came
     * with, which the fleet may have left behind long ago. Cancelled by {@link #close()}.
     */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    private void lookWhetherReady() {
        boolean nothingAnnounced =
                !announced && !releases.hasRecord() && !releases.trust().expectsRecord();
        if (releases.servesLive() || nothingAnnounced || fallback) {
            ready.complete(null);
        } else {
            LOG.atWarn()
                    .addKeyValue("model", name)
                    .addKeyValue("refused", releases.refused())
                    .log("the live release is not available, this worker waits for it and takes no jobs");
        }
    }

    private void want(String digest) {
        submit(() -> pin(digest, 1));
    }

    /** Jobs wait for the model meanwhile, but not for ever: they hold up the others of their lane. */
    private void pin(String digest, int attempt) {
        if (!releases.pin(digest, attempt == PIN_ATTEMPTS)) {
            later(() -> pin(digest, attempt + 1), FIRST_PIN_AFTER.multipliedBy(1L << (2 * (attempt - 1))));
        }
    }

    private void later(Runnable task, Duration after) {
        try {
            var unused = thread.schedule(guarded(task), after.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more releases are followed");
        }
    }

    private void submit(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("no more releases are followed");
        }
    }

    private static Runnable guarded(Runnable task) {
        return FatalErrors.guarded(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("a release failed");
            }
        });
    }

    /** Only the newest record counts: those it has overtaken are never carried out. */
    private void carryOut() {
        Pending news = pending.getAndSet(Pending.NOTHING);
        ModelRecord record = news.record();
        if (news.again()) {
            releases.startOver();
        }
        ReleaseRejected doubt = doubted.getAndSet(null);
        if (doubt != null) {
            releases.refuse(doubt);
        }
        try {
            if (record != null) {
                releases.follow(record);
            } else {
                releases.retry();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            planRetry();
        }
        if (!ready.isDone()) {
            lookWhetherReady();
        }
    }

    private void planRetry() {
        if (releases.isUnsettled() && !retryPlanned) {
            // A store that does not answer now answers later; nobody announces the model again for that.
            retryPlanned = true;
            later(
                    () -> {
                        retryPlanned = false;
                        carryOut();
                    },
                    RETRY_AFTER);
        }
    }

    @Override
    public Optional<String> failing() {
        return reader.failing();
    }

    @Override
    public long revision() {
        return releases.revision();
    }

    @Override
    public List<WorkerStatus.Refusal> refused() {
        return releases.refused();
    }

    @Override
    public void close() {
        slots.onWanted(null);
        reader.close();
        ready.cancel(false);
        thread.shutdownNow();
        try {
            // The next owner of the cache's slot must not find this one still writing.
            if (thread.awaitTermination(CLOSE_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                releases.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
