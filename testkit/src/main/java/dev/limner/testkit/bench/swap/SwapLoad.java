package dev.limner.testkit.bench.swap;

import dev.limner.client.FleetClient;
import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.protocol.text.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Jobs into a fleet, always more than its workers have generated, and what comes back. One thread. */
final class SwapLoad implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int AHEAD = 1500;
    private static final int CHUNK = 250;

    private final FleetClient.Sender sender;
    private final FleetClient.Reader results;
    private final List<String> captions;
    private final List<Job> sent = new ArrayList<>();
    private final SwapTally tally = new SwapTally();

    SwapLoad(FleetClient client, ProjectLayout home) {
        this.captions = captions(home);
        this.sender = client.sender();
        this.results = client.results(true);
    }

    List<Job> sent() {
        return sent;
    }

    SwapTally tally() {
        return tally;
    }

    /** Keeps the workers busy for a while. */
    void drive(double seconds) {
        drive(seconds, () -> false);
    }

    /**
     * Keeps the workers busy until something has happened.
     *
     * @return whether it did within that time
     */
    boolean drive(double mostSeconds, BooleanSupplier happened) {
        long end = System.nanoTime() + (long) (mostSeconds * 1e9);
        while (System.nanoTime() < end) {
            if (happened.getAsBoolean()) {
                return true;
            }
            if (sent.size() - tally.size() < AHEAD) {
                for (int i = 0; i < CHUNK; i++) {
                    send();
                }
            }
            read();
        }
        return happened.getAsBoolean();
    }

    /** Sends nothing more and waits for the rest. */
    void finish(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (tally.size() < sent.size() && System.nanoTime() < end) {
            read();
        }
    }

    private void send() {
        String id = "swap-" + sent.size();
        Job job = new Job(
                id,
                captions.get(sent.size() % captions.size()),
                Digests.seedOf(id),
                1,
                ModelRef.DEFAULT,
                null,
                1,
                ImageFormat.PNG,
                null,
                null,
                null,
                null);
        var unused = sender.send(job, Topics.Lane.STANDARD);
        sent.add(job);
    }

    private void read() {
        for (Result result : results.pollResults(POLL)) {
            tally.add(result, System.nanoTime());
        }
    }

    private static List<String> captions(ProjectLayout home) {
        try {
            return TextFile.wholeLines(home.demoCaptions()).stream()
                    .filter(text -> !text.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's captions cannot be read", e);
        }
    }

    @Override
    public void close() {
        results.close();
        sender.close();
    }
}
