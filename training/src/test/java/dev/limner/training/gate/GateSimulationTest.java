package dev.limner.training.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.gate.GateSimulation.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A small edition of {@code limner bench gate}: the seeds are fixed, so that it finds the same each time. */
class GateSimulationTest {
    private static final int LINES = 300;

    /** Chance adds at most this to a rate of 0.1 over 300 lines, but once in a thousand times. */
    private static final double CHANCE = 0.055;

    @Test
    void shouldKeepALineWithinItsBudgetHoweverOftenItIsTried() {
        assertThat(GateSimulation.lines(LINES, 20, 0, 1, 5).rate()).isLessThanOrEqualTo(ErrorBudget.OF_LINE + CHANCE);
        GateSimulation.Lines mixed = GateSimulation.lines(LINES, 20, 0.65, 3, 5);
        assertThat(mixed.rate()).isLessThanOrEqualTo(ErrorBudget.OF_LINE + CHANCE);
        assertThat(mixed.releases()).isGreaterThan(3);
    }

    @Test
    void shouldLetPassWhatIsBetterAndRefuseWhatDoesHarm() {
        Candidate better = new Candidate(List.of(0.62, 0.5), 1, 0);
        assertThat(GateSimulation.passes(better, ErrorBudget.FIRST, LINES, 5)).isGreaterThan(0.9);
        assertThat(GateSimulation.passes(better, new ErrorBudget(5, 0), LINES, 5))
                .isGreaterThan(0.8);

        Candidate harmful = new Candidate(List.of(0.62, 0.5), 1.15, 0);
        assertThat(GateSimulation.passes(harmful, ErrorBudget.FIRST, LINES, 5)).isLessThan(0.1);
        Candidate forgetful = new Candidate(List.of(0.62, 0.5), 1, 0.4);
        assertThat(GateSimulation.passes(forgetful, ErrorBudget.FIRST, LINES, 5))
                .isLessThan(0.1);
        Candidate losing = new Candidate(List.of(0.65, 0.4), 1, 0);
        assertThat(GateSimulation.passes(losing, ErrorBudget.FIRST, LINES, 5)).isLessThan(0.1);
    }
}
