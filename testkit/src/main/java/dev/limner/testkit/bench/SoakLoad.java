package dev.limner.testkit.bench;

import dev.limner.client.FleetClient;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Keeps a fleet busy: so many jobs are always on their way, one in twenty of them no job at all. Images are deleted as
 * soon as their results are read. One thread.
 */
final class SoakLoad implements AutoCloseable {
    private static final int ON_THEIR_WAY = 1500;
    private static final int ONE_IN = 20;
    private static final Duration POLL = Duration.ofMillis(50);

    private final FleetClient.Sender sender;
    private final FleetClient.Reader reader;
    private final BenchJobs captions;
    private final BadInput bad = new BadInput(1);
    private final String run = "soak-" + Long.toString(System.currentTimeMillis(), 36);
    private long good;
    private long poison;
    private long completed;
    private long rejected;

    SoakLoad(FleetClient client, BenchJobs captions) {
        this.reader = client.results(false);
        this.sender = client.sender();
        this.captions = captions;
    }

    /** Sends what is missing and reads what has come; returns within a fraction of a second. */
    void turn(boolean more) {
        while (more && good + poison - completed - rejected < ON_THEIR_WAY) {
            if ((good + poison) % ONE_IN == 0) {
                var unused = sender.send(bad.next(), Topics.Lane.STANDARD);
                poison++;
            } else {
                Job job =
                        captions.distinct(run + "-" + good, 1, ImageFormat.PNG).get(0);
                var unused = sender.send(job, Topics.Lane.STANDARD);
                good++;
            }
        }
        for (Result result : reader.pollResults(POLL)) {
            if (result.outcome() instanceof Outcome.Completed done) {
                completed++;
                done.images().forEach(image -> delete(Path.of(URI.create(image.uri()))));
            } else {
                rejected++;
            }
        }
    }

    private static void delete(Path picture) {
        try {
            Files.delete(picture);
        } catch (IOException e) {
            throw new UncheckedIOException("a result without its image", e);
        }
    }

    boolean allAnswered() {
        return completed + rejected == good + poison;
    }

    long completed() {
        return completed;
    }

    /** Sent and answered; equal in both pairs when nothing was lost and nothing came twice. */
    String tally() {
        return completed + " of " + good + " jobs completed, " + rejected + " of " + poison + " bad records rejected";
    }

    boolean asSent() {
        return completed == good && rejected == poison;
    }

    @Override
    public void close() {
        sender.close();
        reader.close();
    }
}
