package dev.limner.training.evaluate.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.image.FontSupport;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.GridCheck;
import dev.limner.training.evaluate.MetricValue;
import dev.limner.training.evaluate.ModelEvaluation;
import dev.limner.training.evaluate.SampleGrid;
import dev.limner.training.evaluate.extractor.ExtractorStatement;
import dev.limner.training.evaluate.metric.Estimate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as JSON and as a page.
 *
 * @param model what was evaluated
 * @param extractors through whom
 * @param plan on what
 * @param evaluation what was found
 * @param grid the sample grid's captions
 * @param gridCheck how the grid's images were told apart
 */
public record EvaluationReport(
        Manifest model,
        ExtractorStatement extractors,
        EvaluationPlan plan,
        ModelEvaluation evaluation,
        SampleGrid grid,
        GridCheck gridCheck) {
    private static final int SHOWN = 24;
    private static final int SHOWN_REPEATED = 8;
    private static final int GRID_COLUMNS = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The figures by metric, the alarms, and what they are of. */
    public ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.putObject("model").put("name", model.name()).put("digest", model.digest());
        json.putObject("data")
                .put("name", extractors.data())
                .put("digest", extractors.dataDigest())
                .put("language", extractors.language())
                .put("heldOut", plan.heldOut().size())
                .put("training", plan.train().size());
        json.set("judges", extractors.toJson());
        evaluation.figures().forEach((metric, figure) -> {
            ObjectNode node = json.putObject(metric.id());
            if (figure.unavailable() != null) {
                node.putNull("value").put("unavailable", figure.unavailable());
                return;
            }
            put(node, figure.model());
            node.put("better", metric.better());
            putNamed(node, "besideReal", figure.besideReal());
            putNamed(node, "real", figure.real());
            putNamed(node, "untrained", figure.untrained());
            if (figure.expected() != null) {
                node.put("expectedOfReal", rounded(figure.expected()));
            }
            if (figure.deviation() != null) {
                node.putObject("deviation")
                        .put("value", rounded(figure.deviation().value()))
                        .put("of", figure.deviation().of())
                        .put("over", figure.deviation().over().text());
            }
        });
        ObjectNode gridNode = put(json.putObject("grid"), gridCheck.all());
        gridCheck.groups().forEach((familiarity, group) -> put(gridNode.putObject(familiarity.id()), group));
        ArrayNode alarms = json.putArray("alarms");
        evaluation.alarms().forEach(alarm -> alarms.add(alarm.id()));
        return json;
    }

    private static ObjectNode put(ObjectNode node, GridCheck.Group group) {
        return node.put("right", group.right())
                .put("of", group.captions())
                .put("real", group.realRight())
                .put("realOf", group.real());
    }

    private static void putNamed(ObjectNode node, String name, @Nullable Estimate estimate) {
        if (estimate != null) {
            put(node.putObject(name), estimate);
        }
    }

    private static void put(ObjectNode node, @Nullable Estimate estimate) {
        if (estimate != null) {
            node.put("value", rounded(estimate.value()))
                    .put("low", rounded(estimate.low()))
                    .put("high", rounded(estimate.high()));
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }

    /**
     * Writes the page.
     *
     * @param log the training's log; its curves are shown if it exists
     */
    public void write(Path file, Path log) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("model", model.name() + "@" + model.digest());
        content.put(
                "subject",
                String.format(
                        Locale.ROOT,
                        "%s (%s), %d held-out images, %d training images, judges version %d with seed %d",
                        extractors.data(),
                        extractors.language(),
                        plan.heldOut().size(),
                        plan.train().size(),
                        extractors.version(),
                        extractors.seed()));
        content.put("judges", extractors.lines());
        content.put(
                "alarms",
                evaluation.alarms().stream()
                        .map(alarm -> alarm.explain(evaluation.figures()))
                        .toList());
        content.put("rows", rows());
        content.put("missing", missing());
        content.put("grid", cells());
        content.put("gridRows", gridRows());
        content.put(
                "deviation",
                evaluation.figures().values().stream()
                        .map(MetricValue::deviation)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(one -> one.of() + " " + one.over().text())
                        .orElse("not measured"));
        content.put("samples", samples());
        content.put("repeated", repeated());
        List<JsonNode> lines = TrainingCurves.read(log);
        content.put("curves", TrainingCurves.draw(lines));
        content.put("noFonts", lines.isEmpty() ? "" : FontSupport.missing().orElse(""));
        ReportPage.write("evaluation.html.mustache", content, file);
    }

    private List<Map<String, Object>> gridRows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        gridCheck.groups().forEach((familiarity, group) -> rows.add(row(familiarity.text(), group)));
        rows.add(row("all", gridCheck.all()));
        return rows;
    }

    private static Map<String, Object> row(String name, GridCheck.Group group) {
        return Map.of(
                "name",
                name,
                "model",
                group.right() + " of " + group.captions(),
                "real",
                group.real() == 0 ? "" : group.realRight() + " of " + group.real());
    }

    private List<Map<String, String>> rows() {
        List<Map<String, String>> rows = new ArrayList<>();
        evaluation.figures().forEach((metric, figure) -> {
            if (figure.unavailable() == null) {
                rows.add(Map.of(
                        "name", metric.id(),
                        "model", text(figure.model()),
                        "deviation",
                                figure.deviation() == null
                                        ? ""
                                        : figure.deviation().text(),
                        "besideReal", text(figure.besideReal()),
                        "real", text(figure.real()),
                        "expected",
                                figure.expected() == null ? "" : String.format(Locale.ROOT, "%.4f", figure.expected()),
                        "untrained", text(figure.untrained()),
                        "better", metric.better(),
                        "meaning", metric.text()));
            }
        });
        return rows;
    }

    private List<Map<String, String>> missing() {
        List<Map<String, String>> rows = new ArrayList<>();
        evaluation.figures().forEach((metric, figure) -> {
            if (figure.unavailable() != null) {
                rows.add(Map.of("name", metric.id(), "why", figure.unavailable()));
            }
        });
        return rows;
    }

    private static String text(@Nullable Estimate estimate) {
        return estimate == null ? "" : estimate.text();
    }

    private List<Map<String, Object>> cells() {
        List<Map<String, Object>> cells = new ArrayList<>();
        for (int i = 0; i < gridCheck.images().size(); i++) {
            cells.add(Map.of(
                    "image",
                    ReportPage.inline(gridCheck.images().get(i).toImage()),
                    "caption",
                    grid.captions().get(i),
                    "right",
                    gridCheck.own().get(i)));
        }
        return cells;
    }

    private List<Map<String, Object>> samples() {
        List<Map<String, Object>> samples = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN, plan.heldOut().size()); i++) {
            EvaluationPlan.Subject subject = plan.heldOut().get(i);
            samples.add(Map.of(
                    "caption",
                    subject.caption(),
                    "drawn",
                    ReportPage.inline(evaluation.images().heldOut().get(i).toImage()),
                    "real",
                    ReportPage.inline(subject.image().pixels().toImage()),
                    "nearest",
                    ReportPage.inline(evaluation.nearest().get(i).pixels().toImage())));
        }
        return samples;
    }

    private List<Map<String, Object>> repeated() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN_REPEATED, plan.repeated().size()); i++) {
            rows.add(Map.of(
                    "caption",
                    plan.repeated().get(i).caption(),
                    "strip",
                    ReportPage.inline(
                            SampleGrid.sheet(evaluation.images().repeated().get(i), 2 * GRID_COLUMNS))));
        }
        return rows;
    }
}
