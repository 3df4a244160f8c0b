package dev.limner.worker.schedule;

import dev.limner.worker.topic.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * The jobs nobody wants any more: all of the cancellations topic, remembered for a day and within a share of the heap. The
 * record's key is the job's id; its time is the time of the cancellation. Questions are safe from any thread.
 */
public final class CancellationSet implements AutoCloseable {
    /** No job has a longer id: its own has at most 128 characters, one made of its place not many more. */
    private static final int LONGEST_ID = 512;
    /** Of the heap. */
    private static final int SHARE = 8;

    private final CancelledJobs cancelled;
    private final TopicReader reader;

    /** @param client how the brokers' logs name this reader */
    public CancellationSet(String bootstrap, String topic, String client, Clock clock) {
        this.cancelled = new CancelledJobs(clock, Runtime.getRuntime().maxMemory() / SHARE);
        this.reader = new TopicReader(bootstrap, topic, client, new TopicReader.Reader() {
            @Override
            public void take(TopicReader.Entry entry) {
                note(entry);
            }

            @Override
            public void startOver() {
                cancelled.clear();
            }
        });
    }

    /** When a job was cancelled; empty if it was not, as far as this worker has read, or more than a day ago. */
    public Optional<Instant> of(String jobId) {
        return cancelled.of(jobId);
    }

    /** Waits until everything that was in the topic at the start is read: {@link TopicReader#awaitCaughtUp}. */
    public void awaitCaughtUp() {
        reader.awaitCaughtUp();
    }

    /** Why the topic cannot be read at the moment; empty while it can. */
    public Optional<String> failing() {
        return reader.failing();
    }

    private void note(TopicReader.Entry entry) {
        if (entry.key() == null || entry.key().length > LONGEST_ID) {
            return;
        }
        String id = new String(entry.key(), StandardCharsets.UTF_8);
        if (entry.value() == null) {
            cancelled.remove(id);
        } else {
            cancelled.note(id, entry.at());
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
