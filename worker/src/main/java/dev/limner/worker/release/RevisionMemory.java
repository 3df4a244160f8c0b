package dev.limner.worker.release;

import dev.limner.protocol.Digests;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.intake.ClusterId;
import dev.limner.worker.topic.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest revision of a model's record that is known to have been carried out: by this worker, by whoever used its cache
 * before it, or by a worker of the fleet, as the workers topic has it. Safe from any thread.
 */
final class RevisionMemory {
    private static final Logger LOG = LoggerFactory.getLogger(RevisionMemory.class);

    private final Path file;
    private long highest;

    /**
     * A memory that continues where an earlier one of the file ended.
     *
     * @param file where the number lies; others may write theirs to it
     * @param atLeast what is known besides
     */
    RevisionMemory(Path file, long atLeast) {
        this.file = file;
        this.highest = Math.max(atLeast, read());
    }

    /**
     * That of a model on a topic of a cluster, in a cache that several fleets may share. Waits for the brokers.
     *
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    static RevisionMemory of(ReleaseSettings settings, CacheSlot slot, String model) {
        String whose = ClusterId.await(settings.bootstrap(), settings.client()) + "/" + settings.topic() + "/" + model;
        String name = Digests.sha256(whose.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
        return new RevisionMemory(slot.shared("revision-" + name), ofFleet(settings, model));
    }

    /** Whoever can write to the workers topic can make this too great, and so keep new workers waiting, no more. */
    private static long ofFleet(ReleaseSettings settings, String model) {
        Revisions revisions = new Revisions(model);
        try (TopicReader reader =
                new TopicReader(settings.bootstrap(), settings.workersTopic(), settings.client(), revisions)) {
            reader.awaitCaughtUp();
        }
        return revisions.highest.get();
    }

    private static final class Revisions implements TopicReader.Reader {
        private final String model;
        private final AtomicLong highest = new AtomicLong();

        Revisions(String model) {
            this.model = model;
        }

        @Override
        public void take(TopicReader.Entry entry) {
            byte[] value = entry.value();
            if (value == null) {
                return;
            }
            try {
                WorkerStatus status = WorkerStatus.decode(value);
                if (status.models().stream().anyMatch(one -> one.name().equals(model))) {
                    highest.accumulateAndGet(status.revision(), Math::max);
                }
            } catch (IllegalArgumentException e) {
                LOG.atDebug().addKeyValue("error", e.getMessage()).log("a status was passed over");
            }
        }

        @Override
        public void startOver() {
            // What workers were at stays true when their topic is created again.
        }
    }

    synchronized long highest() {
        return highest;
    }

    /** Remembers a revision if it is the newest. */
    synchronized void raise(long revision) {
        if (revision <= highest) {
            return;
        }
        highest = revision;
        if (read() >= revision) {
            return;
        }
        try {
            Path next = Files.createTempFile(file.toAbsolutePath().getParent(), "revision", ".tmp");
            Files.writeString(next, String.valueOf(revision));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("the newest revision could not be kept");
        }
    }

    /** 0 for what is not there or is no number. */
    private long read() {
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.toString())
                    .log("the file of the newest revision cannot be read");
            return 0;
        }
    }
}
