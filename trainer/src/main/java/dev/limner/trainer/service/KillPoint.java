package dev.limner.trainer.service;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Points at which a drill ends the process as SIGKILL would: nothing is flushed, closed or said. */
enum KillPoint {
    /** Feedback is read, nothing of it is written. */
    INTAKE_READ,
    /** The dead letters are out, the feedback is not in the database. */
    INTAKE_BEFORE_COMMIT,
    /** The feedback is in the database, the consumer has not acknowledged it. */
    INTAKE_AFTER_COMMIT,
    /** A round is written down and nothing else. */
    ROUND_STARTED,
    /** The reward is being learned. */
    REWARD,
    /** A step of the tuning is done. */
    STEP,
    /** The gate measures. */
    GATE,
    /** The round has ended, its candidate is in no store. */
    ROUND_ENDED,
    /** The bundle is in the store, nobody has heard of it. */
    STAGED,
    /** The fleet has heard of it, the round is not closed. */
    ANNOUNCED;

    private static final int KILLED = 137;

    /** As orders write it. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Sends SIGKILL to this very process and does not come back. */
    private static void kill() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-KILL",
                            String.valueOf(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            Runtime.getRuntime().halt(KILLED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(KILLED);
    }

    /** An order to end the process. */
    static final class Order {
        private final Optional<KillPoint> point;
        private final AtomicInteger left;

        /** @param written {@code step:120}; empty for none */
        Order(Optional<String> written) {
            String[] parts = written.orElse("").split(":", -1);
            this.point = written.map(text -> Arrays.stream(values())
                    .filter(one -> one.wireName().equals(parts[0]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("limner.trainer.drill.kill-at is '" + text
                            + "', must begin with one of "
                            + Arrays.stream(values()).map(KillPoint::wireName).collect(Collectors.joining(", ")))));
            this.left = new AtomicInteger(parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
        }

        /** The process is at a point. */
        void reached(KillPoint here) {
            if (point.isPresent() && point.get() == here && left.getAndDecrement() == 0) {
                kill();
            }
        }
    }
}
