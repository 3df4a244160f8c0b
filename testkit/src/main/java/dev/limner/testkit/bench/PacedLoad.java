package dev.limner.testkit.bench;

import dev.limner.client.FleetClient;
import dev.limner.protocol.Job;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs that arrive one by one at random times (a Poisson process) at a given mean rate. A latency counts from the time
 * the job was due, so that a sender that fell behind does not hide a wait.
 */
final class PacedLoad {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long ARRIVALS_SEED = 7;

    private PacedLoad() {}

    static LatencyPercentiles run(FleetClient client, List<Job> jobs, double perSecond) throws InterruptedException {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            places.put(jobs.get(i).id(), i);
        }
        double[] due = arrivals(jobs.size(), perSecond);
        double[] millis = new double[jobs.size()];
        try (FleetClient.Reader reader = client.results(false);
                FleetClient.Sender sender = client.sender()) {
            long start = System.nanoTime();
            Thread sending = Thread.ofPlatform().name("limner-arrivals").start(() -> {
                for (int i = 0; i < jobs.size(); i++) {
                    LockSupport.parkNanos((long) (due[i] * 1e9) - (System.nanoTime() - start));
                    // A job that is not taken has no result either, and that is what is waited for.
                    var unused = sender.send(jobs.get(i), Topics.Lane.STANDARD);
                }
            });
            int seen = 0;
            long last = start;
            while (seen < jobs.size()) {
                for (Result result : reader.pollResults(POLL)) {
                    Integer place = places.get(result.jobId());
                    if (place != null && millis[place] == 0) {
                        last = System.nanoTime();
                        millis[place] = (last - start) / 1e6 - due[place] * 1e3;
                        seen++;
                    }
                }
                if (System.nanoTime() - last > PATIENCE.toNanos()) {
                    throw new IllegalStateException("no result for " + PATIENCE.toSeconds() + " s; "
                            + (jobs.size() - seen) + " jobs have none");
                }
            }
            sending.join();
        }
        return LatencyPercentiles.of(millis);
    }

    /** Seconds from the start at which each job arrives. */
    private static double[] arrivals(int count, double perSecond) {
        SplittableRandom random = new SplittableRandom(ARRIVALS_SEED);
        double[] due = new double[count];
        double at = 0;
        for (int i = 0; i < count; i++) {
            at += -Math.log(1 - random.nextDouble()) / perSecond;
            due[i] = at;
        }
        return due;
    }
}
