package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ProjectLayout;
import dev.limner.testkit.chaos.arena.TestCluster;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Workers of two releases that follow each other, or work side by side. */
public final class BuildFaults {
    /** What a run with an earlier release begins with: its fleet is that release's until then. */
    public static final String UPGRADE = "rolling-upgrade";

    private static final int TOGETHER_MILLIS = 3000;

    private BuildFaults() {}

    static List<Fault> all() {
        return List.of(
                needing(UPGRADE, BuildFaults::upgrade),
                needing("rolling-downgrade", BuildFaults::downgrade),
                needing("mixed-builds", BuildFaults::mixed));
    }

    private static Fault needing(String kind, Fault.Strike strike) {
        return new Fault(kind, Fault.Need.PREVIOUS_BUILD, false, strike);
    }

    private static ProjectLayout previous(TestCluster arena) {
        return Objects.requireNonNull(arena.previous(), "no earlier release takes part");
    }

    private static void replaceAll(TestCluster arena, ProjectLayout build) throws InterruptedException {
        for (int i = 0; i < arena.workers().count(); i++) {
            arena.workers().replace(i, build);
            Thread.sleep(TOGETHER_MILLIS / 2);
        }
    }

    /** One by one, from whatever runs to this release. */
    private static Fault.Effect upgrade(TestCluster arena, Random random) throws InterruptedException {
        boolean busy = arena.busy();
        replaceAll(arena, arena.home());
        return Fault.Effect.now(true, busy);
    }

    /** One by one back to the earlier release, which then works alone, and forward again. */
    private static Fault.Effect downgrade(TestCluster arena, Random random) throws InterruptedException {
        boolean busy = arena.busy();
        replaceAll(arena, previous(arena));
        Thread.sleep(TOGETHER_MILLIS);
        replaceAll(arena, arena.home());
        return Fault.Effect.now(true, busy);
    }

    /** Both at once, and deaths with work beyond the committed offset, so that each inherits the other's ledgers. */
    private static Fault.Effect mixed(TestCluster arena, Random random) throws InterruptedException {
        int index = random.nextInt(arena.workers().count());
        arena.workers().replace(index, previous(arena));
        boolean busy = arena.busy();
        Fault.Effect first = CrashFaults.overtaken(arena, random);
        Thread.sleep(TOGETHER_MILLIS);
        Fault.Effect second = CrashFaults.overtaken(arena, random);
        arena.workers().process(index).awaitReady();
        arena.workers().replace(index, arena.home());
        return Fault.Effect.now(first.seen() || second.seen(), busy);
    }
}
