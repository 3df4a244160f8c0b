package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.testkit.chaos.cluster.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Errors, as a class that is missing or memory that is short would throw them, in one thread after the other. */
final class ErrorFaults {
    private static final List<String> THREADS = List.of(
            "limner-control",
            "limner-text",
            "limner-device",
            "limner-encode",
            "limner-store",
            "limner-publish",
            "limner-letters",
            "limner-read");

    private static final String ORDER = "error-in";
    private static final Duration OBEYED_WITHIN = Duration.ofSeconds(5);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);
    private static final Duration RECOVER_WITHIN = Duration.ofSeconds(60);
    private static final int TRIES = 3;
    /** Of a worker that an error has ended. */
    private static final int EXIT_CODE = 70;

    private ErrorFaults() {}

    static List<Fault> all() {
        return List.of(new Fault("thread-errors", Fault.Need.NOTHING, true, ErrorFaults::threads));
    }

    private static Fault.Effect threads(TestCluster cluster, Random random) throws InterruptedException {
        List<String> threads = new ArrayList<>(THREADS);
        Collections.shuffle(threads, random);
        boolean busy = cluster.busy();
        boolean all = true;
        int next = random.nextInt(cluster.workers().count());
        for (String thread : threads) {
            boolean obeyed = false;
            for (int i = 0; i < TRIES * cluster.workers().count() && !obeyed; i++) {
                obeyed = strike(cluster, next++ % cluster.workers().count(), thread);
            }
            recover(cluster);
            all &= obeyed;
        }
        return Fault.Effect.now(all, busy);
    }

    /**
     * Waits until no death is counted any more: a job that three deaths in a row met would be taken for their cause. What
     * is there when partitions have new owners is under suspicion, so it takes two looks.
     */
    private static void recover(TestCluster cluster) throws InterruptedException {
        for (int look = 0; look < 2; look++) {
            Set<String> waiting = cluster.checker().unansweredAt(System.nanoTime());
            boolean unused =
                    cluster.await(RECOVER_WITHIN, () -> cluster.checker().answered(waiting));
        }
    }

    /** Whether the worker had such a thread at work. If so its process must end by itself, and not as if all was well. */
    private static boolean strike(TestCluster cluster, int index, String thread) throws InterruptedException {
        String name = cluster.workers().nameOf(index);
        ServiceProcess victim = cluster.workers().process(index);
        if (!victim.alive()) {
            return false;
        }
        cluster.orders().give(name, ORDER, thread);
        switch (thread) {
            case "limner-letters" -> cluster.bursts().oversized();
            case "limner-read" -> cluster.bursts().cancelNobody();
            default -> {}
        }
        boolean obeyed = cluster.await(OBEYED_WITHIN, () -> cluster.orders().hit(name, ORDER));
        cluster.orders().takeBack(name, ORDER);
        if (!obeyed) {
            return false;
        }
        if (!cluster.await(ENDED_WITHIN, () -> !victim.alive())) {
            cluster.violations().add("an error in " + thread + " of " + name + " did not end its process");
            victim.kill();
            return true;
        }
        int code = victim.ended().join().exitValue();
        // An earlier release knows no code of its own for errors.
        if (cluster.previous() == null ? code != EXIT_CODE : code == 0) {
            cluster.violations()
                    .add("an error in " + thread + " of " + name + " ended its process with exit code " + code);
        }
        return true;
    }
}
