package dev.limner.training.gate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.report.ReportPage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A gate's report as a page that needs nothing else. */
public final class GatePage {
    private GatePage() {}

    /**
     * Both models' images of one caption and the same noise.
     *
     * @param incumbent by the model before
     * @param candidate by the tuned one
     */
    public record Side(String caption, Pixels incumbent, Pixels candidate) {}

    /**
     * Writes the page.
     *
     * @param title what was judged
     * @param notes what was found before, for people
     */
    public static void write(String title, List<String> notes, GateVerdict verdict, List<Side> sides, Path file) {
        Map<String, Object> content = new HashMap<>();
        content.put("title", title);
        content.put("notes", notes);
        switch (verdict) {
            case GateVerdict.Pass pass -> {
                content.put("verdict", "passed");
                content.put("reasons", List.of());
            }
            case GateVerdict.Fail fail -> {
                content.put("verdict", "did not pass");
                content.put("reasons", fail.reasons());
            }
        }
        GateReport report = verdict.report();
        List<Map<String, Object>> contests = new ArrayList<>();
        report.contests().forEach((name, estimate) -> contests.add(Map.of("name", name, "value", estimate.text())));
        content.put("contests", contests);
        content.put(
                "checks",
                report.checks().stream()
                        .map(check -> Map.<String, Object>of(
                                "name", check.name(),
                                "candidate", figure(check.candidate()),
                                "incumbent", figure(check.incumbent()),
                                "limit", figure(check.limit()),
                                "rule", check.rule(),
                                "failed", !check.passed()))
                        .toList());
        List<Map<String, String>> figures = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            GateReport.Pair pair = report.figure(metric);
            if (pair != null) {
                figures.add(Map.of(
                        "name", metric.id(),
                        "candidate", figure(pair.candidate()),
                        "incumbent", figure(pair.incumbent()),
                        "better", metric.better(),
                        "meaning", metric.text()));
            }
        }
        content.put("figures", figures);
        content.put(
                "sides",
                sides.stream()
                        .map(side -> Map.of(
                                "caption", side.caption(),
                                "before", ReportPage.inline(side.incumbent().toImage()),
                                "after", ReportPage.inline(side.candidate().toImage())))
                        .toList());
        ReportPage.write("gate.html.mustache", content, file);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
