package dev.limner.testkit.fault;

import dev.limner.trainer.fault.KillPoint;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.training.finetune.FineTuningRound;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A trainer that kills itself at a point, and whose gate lets everything pass. Safe from any thread. */
public final class TrainerFaults implements TrainerFaultPoints {
    private final @Nullable KillPoint point;
    private final AtomicInteger left;
    private final boolean passGate;

    /** As the process's system properties say. */
    public TrainerFaults() {
        this(
                KitSettings.of(KitSettings.TRAINER, KitSettings.KILL_AT, ""),
                KitSettings.of(KitSettings.TRAINER, KitSettings.PASS_GATE, "false")
                        .equals("true"));
    }

    /**
     * With orders.
     *
     * @param killAt {@code step:120}; empty for never
     * @throws IllegalArgumentException if there is no such point
     */
    TrainerFaults(String killAt, boolean passGate) {
        String[] parts = killAt.split(":", -1);
        this.point = killAt.isEmpty() ? null : point(parts[0]);
        this.left = new AtomicInteger(parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
        this.passGate = passGate;
    }

    private static KillPoint point(String name) {
        return Arrays.stream(KillPoint.values())
                .filter(one -> written(one).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(KitSettings.property(KitSettings.TRAINER, KitSettings.KILL_AT)
                                + " is '" + name + "', must begin with one of "
                                + Arrays.stream(KillPoint.values())
                                        .map(TrainerFaults::written)
                                        .collect(Collectors.joining(", "))));
    }

    private static String written(KillPoint point) {
        return point.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void reached(KillPoint here) {
        if (diesAt(here)) {
            kill();
        }
    }

    /** Whether this is the time to die. */
    boolean diesAt(KillPoint here) {
        return here == point && left.getAndDecrement() == 0;
    }

    /** Sends SIGKILL to this very process and does not come back: nothing is flushed, closed or said. */
    private static void kill() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-KILL",
                            String.valueOf(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            FaultOrders.halt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FaultOrders.halt();
    }

    @Override
    public FineTuningRound.Outcome ended(FineTuningRound.Outcome outcome) {
        return passGate && outcome instanceof FineTuningRound.Outcome.Rejected rejected
                ? new FineTuningRound.Outcome.Passed(rejected.candidate(), rejected.notes())
                : outcome;
    }
}
