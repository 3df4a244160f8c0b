package dev.limner.training.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.canary.RollbackSimulation.Crowd;
import dev.limner.training.canary.RollbackSimulation.Drift;
import dev.limner.training.canary.RollbackSimulation.Outcome;
import dev.limner.training.canary.RollbackSimulation.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small edition of {@code limner bench rollback}: the seeds are fixed, so that it finds the same each time. */
class RollbackSimulationTest {
    private static final int HISTORIES = 300;

    /** Chance adds at most this to a rate of 0.04 over 300 histories, but once in a thousand times. */
    private static final double CHANCE = 0.035;

    @ParameterizedTest
    @EnumSource
    void shouldRaiseNoMoreFalseAlarmsThanItSaysWhateverDrifts(Drift drift) {
        for (Crowd crowd : Crowd.values()) {
            Outcome outcome = RollbackSimulation.opinions(new World(drift, crowd, 0.2, 0.2, 0.2, 200), HISTORIES, 7);
            assertThat(outcome.rate())
                    .as("%s", crowd)
                    .isLessThanOrEqualTo(SequentialDesign.OF_OPINIONS.falseAlarm() + CHANCE);
        }
        assertThat(RollbackSimulation.jobs(drift, 0.05, 0.01, 200, HISTORIES, 7).rate())
                .isLessThanOrEqualTo(SequentialDesign.OF_JOBS.falseAlarm() + CHANCE);
    }

    @Test
    void shouldFindDislikesThatRiseFrom20To40PercentWithin200Raters() {
        Outcome casual =
                RollbackSimulation.opinions(new World(Drift.NONE, Crowd.CASUAL, 0.5, 0.2, 0.4, 200), HISTORIES, 11);
        assertThat(casual.rate()).isGreaterThan(0.8);
        Outcome regular =
                RollbackSimulation.opinions(new World(Drift.WAVE, Crowd.CASUAL, 0.05, 0.2, 0.4, 200), HISTORIES, 11);
        assertThat(regular.rate()).isGreaterThan(0.8);
    }
}
