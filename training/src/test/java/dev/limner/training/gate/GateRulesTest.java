package dev.limner.training.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.training.evaluate.MetricValue.Metric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateRulesTest {
    @Test
    void shouldRefuseWhatCannotBeMeasured() {
        assertThat(failed(figures(1))).isEmpty();
        assertThat(failed(figures(Double.NaN))).containsExactly(Metric.KID.id());
    }

    private static List<String> failed(ModelScores candidate) {
        return GateRules.checks(Map.of(), candidate, figures(1), Optional.empty(), ErrorBudget.FIRST).stream()
                .filter(check -> !check.passed())
                .map(GateCheck::name)
                .toList();
    }

    private static ModelScores figures(double kid) {
        Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            figures.put(metric, new double[] {1, 1, 1});
        }
        figures.put(Metric.KID, new double[] {1, kid, 1});
        return new ModelScores(figures, Map.of());
    }
}
