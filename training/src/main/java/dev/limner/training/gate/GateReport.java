package dev.limner.training.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the gate measured.
 *
 * @param contests what the candidate should be better at, and how often it was
 * @param checks what it must not fail in
 * @param figures every metric of the plan, candidate and incumbent, also those that decide nothing
 * @param budget how often the round might be wrong; what comes after it in its lineage counts from here
 */
public record GateReport(
        Map<String, Estimate> contests, List<GateCheck> checks, Map<Metric, Pair> figures, ErrorBudget budget) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One metric of both. */
    public record Pair(double candidate, double incumbent) {}

    public GateReport {
        contests = Map.copyOf(contests);
        checks = List.copyOf(checks);
        figures = Map.copyOf(figures);
    }

    /** A figure of both; null where the data set does not allow the metric. */
    public @Nullable Pair figure(Metric metric) {
        return figures.get(metric);
    }

    /** Without anything that differs between two measurements of the same models, so that it can be part of a digest. */
    public ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode wins = json.putObject("contests");
        new TreeMap<>(contests)
                .forEach((name, estimate) -> wins.putObject(name)
                        .put("value", estimate.value())
                        .put("low", estimate.low())
                        .put("high", estimate.high()));
        json.putObject("budget")
                .put("releases", budget.releases())
                .put("attempts", budget.attempts())
                .put("alpha", budget.alpha());
        ObjectNode limits = json.putObject("checks");
        for (GateCheck check : checks) {
            ObjectNode node = limits.putObject(check.name()).put("passed", check.passed());
            if (!check.name().equals(QualityGate.LATENCY)) {
                node.put("candidate", check.candidate())
                        .put("incumbent", check.incumbent())
                        .put("limit", check.limit());
            }
        }
        ObjectNode all = json.putObject("figures");
        Map<Metric, Pair> ordered = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) {
            Pair pair = figures.get(metric);
            if (pair != null) {
                ordered.put(metric, pair);
            }
        }
        ordered.forEach((metric, pair) ->
                all.putObject(metric.id()).put("candidate", pair.candidate()).put("incumbent", pair.incumbent()));
        return json;
    }
}
