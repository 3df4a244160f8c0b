package dev.limner.testkit.chaos;

import dev.limner.testkit.chaos.arena.TestCluster;
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

    private final TestCluster arena;
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
     */
    record Struck(int number, String kind, boolean counts, double recoverySeconds) {}

    /**
     * @param longest after which nothing more is struck
     * @param untilViolation whether the first violation is enough
     * @param listener hears of every strike
     */
    ChaosRun(TestCluster arena, long seed, Duration longest, boolean untilViolation, Consumer<Struck> listener) {
        this.arena = arena;
        this.seed = seed;
        this.longest = longest;
        this.untilViolation = untilViolation;
        this.listener = listener;
    }

    /** Does everything; what is wrong stands in the arena's violations. */
    List<Struck> run(List<Fault> plan) throws InterruptedException {
        for (int i = 0; i < plan.size() && !over(); i++) {
            pace(i, plan.size());
            strike(i, plan.get(i));
        }
        arena.load().finish();
        settle(plan.isEmpty() ? CALM_PATIENCE : PATIENCE);
        return List.copyOf(struck);
    }

    private boolean over() {
        return System.nanoTime() - started > longest.toNanos() || enough();
    }

    private boolean enough() {
        return untilViolation && arena.violations().count() > 0;
    }

    /** So that the jobs last as long as the faults. */
    private void pace(int index, int faults) {
        double perFault = struck.isEmpty() ? FIRST_GUESS_SECONDS : (System.nanoTime() - started) / 1e9 / struck.size();
        int jobsLeft = arena.load().total() - arena.load().sent();
        int share = (int) (arena.load().total() * (index + 1L) / faults);
        arena.load().pace(Math.max(LEAST_PER_SECOND, jobsLeft / ((faults - index) * perFault)), share);
    }

    private void strike(int index, Fault fault) throws InterruptedException {
        arena.await(BUSY_WITHIN, arena::busy);
        arena.offsets().calm(false);
        Fault.Effect effect = fault.strike().on(arena, new Random(seed * 1000 + index));
        arena.offsets().calm(true);
        // Jobs of the first moments count as well: they find out which partitions nobody serves yet.
        Thread.sleep(SAMPLE);
        Set<String> waiting = arena.checker().unansweredAt(effect.mendedNanos());
        boolean recovered =
                arena.await(RECOVER_WITHIN, () -> enough() || arena.checker().answered(waiting));
        double seconds = recovered
                ? arena.checker().longestWait(waiting, effect.mendedNanos())
                : (System.nanoTime() - effect.mendedNanos()) / 1e9;
        if (recovered) {
            arena.offsets().recovered();
        } else {
            arena.violations()
                    .add("a minute after " + fault.kind() + " there are still jobs without an answer that came"
                            + " before it was mended");
        }
        Struck done = new Struck(index + 1, fault.kind(), effect.seen() && effect.inFlight(), seconds);
        struck.add(done);
        listener.accept(done);
    }

    /** Everything that was accepted is answered, nothing is left lying about. */
    private void settle(Duration patience) throws InterruptedException {
        int left = Integer.MAX_VALUE;
        long lastProgress = System.nanoTime();
        while (!enough()) {
            int now = arena.checker().account().lost() + arena.checker().withoutLetter();
            if (now == 0 && arena.offsets().drained()) {
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
            arena.checker().settle();
        }
        if (enough()) {
            return;
        }
        arena.workers().close();
        for (Path file : arena.temporaryFiles()) {
            arena.violations().add("a temporary file was left: " + file);
        }
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
