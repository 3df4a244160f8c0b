package dev.limner.training.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorBudgetTest {
    @Test
    void shouldHalveAlongALineAndNeverAddUpToMoreThanItIs() {
        assertThat(ErrorBudget.FIRST.alpha()).isCloseTo(0.025, within(1e-12));
        assertThat(new ErrorBudget(1, 0).alpha()).isCloseTo(0.0125, within(1e-12));
        assertThat(new ErrorBudget(0, 1).alpha()).isCloseTo(0.05 / 6, within(1e-12));

        double spent = 0;
        for (int releases = 0; releases < 60; releases++) {
            for (int attempts = 0; attempts < 5000; attempts++) {
                spent += new ErrorBudget(releases, attempts).alpha();
            }
        }
        assertThat(spent).isLessThan(ErrorBudget.OF_LINE).isGreaterThan(0.99 * ErrorBudget.OF_LINE);
    }

    @Test
    void shouldGoOnWhereTheParentsReportSays() {
        JsonNode report = new GateReport(Map.of(), List.of(), Map.of(), new ErrorBudget(4, 7)).toJson();

        assertThat(ErrorBudget.after(report, 2, 3)).isEqualTo(new ErrorBudget(5, 3));
        assertThat(ErrorBudget.after(MissingNode.getInstance(), 2, 3)).isEqualTo(new ErrorBudget(2, 3));
        assertThatThrownBy(() -> new ErrorBudget(-1, 0)).hasMessageContaining("must not be negative");
    }

    @Test
    void shouldStepDownFromTheLeastLikely() {
        HolmCorrection holm = HolmCorrection.of(new double[] {0.04, 0.01, 0.03, 0.005}, 0.05);
        // 0.005 <= 0.0125, 0.01 <= 0.0167, 0.03 > 0.025: the rest falls with it, though 0.04 <= 0.05.
        assertThat(holm.found()).containsExactly(false, true, false, true);
        assertThat(holm.any()).isTrue();
        assertThat(HolmCorrection.of(new double[] {0.0126, 1, 1, 1}, 0.05).any())
                .isFalse();
        assertThat(HolmCorrection.of(new double[] {0.0125, 1, 1, 1}, 0.05).any())
                .isTrue();
        assertThat(HolmCorrection.of(new double[0], 0.05).any()).isFalse();
    }

    @Test
    void shouldTellDifferencesAsStudentDid() {
        PairedDifferences sample = PairedDifferences.of(new double[] {1, 2, 3, 4});
        assertThat(sample.mean()).isEqualTo(2.5);
        assertThat(sample.error()).isCloseTo(0.6455, within(1e-4));
        // t = 3.873 with 3 degrees of freedom.
        assertThat(sample.chance()).isCloseTo(0.01523, within(1e-4));
        assertThat(sample.turned().chance()).isCloseTo(1 - 0.01523, within(1e-4));
        assertThat(sample.notable(sample.chance())).isCloseTo(2.5, within(1e-6));

        assertThat(PairedDifferences.of(new double[] {0.5, 0.5, 0.5, 0.5}).chance())
                .isEqualTo(1.0 / 16);
        assertThat(PairedDifferences.of(new double[] {0, 0, 0}).chance()).isEqualTo(1);
    }
}
