package dev.limner.testkit.chaos;

import dev.limner.testkit.chaos.cluster.TestCluster;
import dev.limner.testkit.chaos.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Strikes one fault after the other while jobs flow, waits for recovery each time, and settles the account. */
final class ChaosRun {
    private static final Duration BUSY_WITHIN = Duration.ofSeconds(10);
    private static final Duration RECOVER_WITHIN = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Where nothing was struck, nobody waits for a session to time out. */
    private static final Duration CALM_PATIENCE = Duration.ofSeconds(8);

    private static final Duration AFTERMATH = Duration.ofSeconds(3);
    private static final Duration SAMPLE = Duration.ofSeconds(1);
    private static final double FIRST_GUESS_SECONDS = 8;
    private static final double LEAST_PER_SECOND = 40;

    private final TestCluster cluster;
    private final long seed;
    private final Duration longest;
    private final boolean untilViolation;
    private final Consumer<Struck> listener;
    private final List<Struck> struck = new ArrayList<>();
    private final long started = System.nanoTime();

    /**
     * A fault that was struck.
     *
     * @param counts whether its effect was seen while jobs were in flight
     * @param recoverySeconds the longest that a job waited after the mending which was unanswered then, or came up to a
     *     second later
     * @param violations what was found wrong since the strike before; the log holds only the first of a run
     */
    record Struck(int number, String kind, boolean counts, double recoverySeconds, List<String> violations) {
        Struck {
            violations = List.copyOf(violations);
        }
    }

    /**
     * @param longest after which nothing more is struck
     * @param untilViolation whether the first violation is enough
     * @param listener hears of every strike
     */
    ChaosRun(TestCluster cluster, long seed, Duration longest, boolean untilViolation, Consumer<Struck> listener) {
        this.cluster = cluster;
        this.seed = seed;
        this.longest = longest;
        this.untilViolation = untilViolation;
        this.listener = listener;
    }

    /** Does everything; what is wrong stands in the cluster's violations. */
    List<Struck> run(List<Fault> plan) throws InterruptedException {
        for (int i = 0; i < plan.size() && !over(); i++) {
            pace(i, plan.size());
            strike(i, plan.get(i));
        }
        cluster.load().finish();
        settle(plan.isEmpty() ? CALM_PATIENCE : PATIENCE);
        return List.copyOf(struck);
    }

    private boolean over() {
        return System.nanoTime() - started > longest.toNanos() || enough();
    }

    private boolean enough() {
        return untilViolation && cluster.violations().count() > 0;
    }

    /** So that the jobs last as long as the faults. */
    private void pace(int index, int faults) {
        double perFault = struck.isEmpty() ? FIRST_GUESS_SECONDS : (System.nanoTime() - started) / 1e9 / struck.size();
        int jobsLeft = cluster.load().total() - cluster.load().sent();
        int share = (int) (cluster.load().total() * (index + 1L) / faults);
        cluster.load().pace(Math.max(LEAST_PER_SECOND, jobsLeft / ((faults - index) * perFault)), share);
    }

    private void strike(int index, Fault fault) throws InterruptedException {
        int known = cluster.violations().told().size();
        cluster.await(BUSY_WITHIN, cluster::busy);
        cluster.offsets().calm(false);
        Fault.Effect effect = fault.strike().on(cluster, new Random(seed * 1000 + index));
        cluster.offsets().calm(true);
        // Jobs of the first moments count as well: they find out which partitions nobody serves yet.
        Thread.sleep(SAMPLE);
        Set<String> waiting = cluster.checker().unansweredAt(effect.mendedNanos());
        boolean recovered = cluster.await(
                RECOVER_WITHIN, () -> enough() || cluster.checker().answered(waiting));
        double seconds = recovered
                ? cluster.checker().longestWait(waiting, effect.mendedNanos())
                : (System.nanoTime() - effect.mendedNanos()) / 1e9;
        if (recovered) {
            cluster.offsets().recovered();
        } else {
            cluster.violations()
                    .add("a minute after " + fault.kind() + " there are still jobs without an answer that came"
                            + " before it was repaired");
        }
        List<String> told = cluster.violations().told();
        Struck done = new Struck(
                index + 1, fault.kind(), effect.seen() && effect.inFlight(), seconds, told.subList(known, told.size()));
        struck.add(done);
        listener.accept(done);
    }

    /** Everything that was accepted is answered, nothing is left lying about. */
    private void settle(Duration patience) throws InterruptedException {
        int left = Integer.MAX_VALUE;
        long lastProgress = System.nanoTime();
        while (!enough()) {
            int now = cluster.checker().account().lost() + cluster.checker().withoutLetter();
            if (now == 0 && cluster.offsets().drained()) {
                break;
            }
            if (now < left) {
                left = now;
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > patience.toNanos()) {
                break;
            }
            Thread.sleep(100);
        }
        if (!enough()) {
            // A result too many may still be on its way.
            Thread.sleep(AFTERMATH);
            cluster.checker().settle();
        }
        if (enough()) {
            return;
        }
        cluster.workers().close();
        for (Path file : cluster.temporaryFiles()) {
            cluster.violations().add("a temporary file was left: " + file);
        }
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
