package dev.limner.training.loop;

import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.step.StepReport;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sees a training go wrong: a discriminator that has run away from the generator, variety that was there and is lost. Each
 * kind is raised once until it has passed.
 */
final class CollapseWatch {
    private static final int LONG = 500;
    private static final double RUN_AWAY = 0.9;
    private static final double MANY_SKIPPED = 0.02;
    private static final double HALF = 0.5;
    private static final double CLEARLY_LESS = 0.7;
    private static final List<Metric> VARIETY = List.of(Metric.COVERAGE, Metric.RECALL, Metric.DIVERSITY);

    private final Map<Metric, Estimate> real;
    private final Map<Metric, Double> best = new EnumMap<>(Metric.class);
    private final Map<String, String> raised = new LinkedHashMap<>();
    private double sign;
    private double skipped;
    private long steps;

    /** @param real figures of real images; empty if nothing is checked */
    CollapseWatch(Map<Metric, Estimate> real) {
        this.real = real;
    }

    /** What is wrong now, for people. */
    List<String> alarms() {
        return List.copyOf(raised.values());
    }

    /** The running mean follows the last few hundred steps. */
    void stepped(StepReport report) {
        steps++;
        double follow = 1.0 / Math.min(steps, LONG);
        sign += follow * (report.realAboveGenerated() - sign);
        skipped += follow * ((report.skipped() ? 1 : 0) - skipped);
        set(
                "gradient",
                steps >= LONG && skipped > MANY_SKIPPED,
                String.format(
                        Locale.ROOT,
                        "step %d: %.0f%% of the last %d steps moved nothing, their gradients were not finite or huge",
                        report.step(),
                        100 * skipped,
                        LONG));
        set(
                "discriminator",
                steps >= LONG && sign > RUN_AWAY,
                String.format(
                        Locale.ROOT,
                        "step %d: the discriminator has run away: mean sign %.2f over the last %d steps, alarm above %.1f",
                        report.step(),
                        sign,
                        LONG,
                        RUN_AWAY));
    }

    void checked(long step, Map<Metric, Estimate> figures) {
        for (Metric metric : VARIETY) {
            double value = HeldOutCheck.value(figures, metric);
            double reference = HeldOutCheck.value(real, metric);
            double before = best.getOrDefault(metric, 0.0);
            best.put(metric, Math.max(before, value));
            // Early on everything is low; a collapse is a fall.
            boolean lost = value < HALF * reference && value < CLEARLY_LESS * before;
            set(
                    metric.id(),
                    lost,
                    String.format(
                            Locale.ROOT,
                            "step %d: %s has fallen to %.3f from %.3f, real images have %.3f",
                            step,
                            metric.id(),
                            value,
                            before,
                            reference));
        }
    }

    private void set(String kind, boolean wrong, String text) {
        if (wrong) {
            raised.putIfAbsent(kind, text);
        } else {
            raised.remove(kind);
        }
    }
}
