package dev.limner.training.evaluate.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.image.FontSupport;
import dev.limner.generator.image.ImageStreams;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves of a training, drawn from its {@code log.jsonl}. */
public final class TrainingCurves {
    static {
        ImageStreams.inMemory();
    }

    private static final int WIDTH = 900;
    private static final int HEIGHT = 260;
    private static final int MOST_POINTS = 300;
    private static final double MINUTE = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainingCurves() {}

    /**
     * One chart.
     *
     * @param title above it
     * @param keys of the log's lines, one series each
     */
    public record Chart(String title, List<String> keys) {
        public Chart {
            keys = List.copyOf(keys);
        }
    }

    /** The charts of a training: losses, what the discriminator thinks, the penalty, and what the checks found. */
    static final List<Chart> TRAINING = List.of(
            new Chart("Losses", List.of("discriminatorLoss", "generatorLoss")),
            new Chart("Real scored above generated: mean sign", List.of("realAboveDrawn")),
            new Chart("Gradient penalty: mean squared gradient", List.of("penalty")),
            new Chart("KID of held-out captions", List.of("kid")),
            new Chart("Held-out checks", List.of("coverage", "recall", "rPrecision", "classAccuracy")),
            new Chart("Difference between images of one caption", List.of("diversity")),
            new Chart("Resident memory, MiB", List.of("rssMiB")));

    /** The log's lines; none if there is no log. */
    static List<JsonNode> read(Path log) {
        List<JsonNode> lines = new ArrayList<>();
        if (!Files.exists(log)) {
            return lines;
        }
        try {
            for (String line : Files.readAllLines(log, StandardCharsets.UTF_8)) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("the training log " + log + " cannot be read", e);
        }
    }

    /** The charts for which the log has values, as images in the page; none where there are no fonts. */
    static List<String> draw(List<JsonNode> lines) {
        if (FontSupport.missing().isPresent()) {
            return List.of();
        }
        return TRAINING.stream()
                .map(chart -> draw(chart, lines))
                .filter(image -> !image.isEmpty())
                .toList();
    }

    private static String draw(Chart chart, List<JsonNode> lines) {
        XYChart drawing = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(chart.title())
                .xAxisTitle("minutes")
                .build();
        drawing.getStyler().setChartBackgroundColor(Color.WHITE).setLegendPosition(Styler.LegendPosition.OutsideE);
        for (String key : chart.keys()) {
            List<Double> minutes = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            collect(lines, key, minutes, values);
            if (minutes.size() > 1) {
                drawing.addSeries(key, minutes, values).setMarker(SeriesMarkers.NONE);
            }
        }
        if (drawing.getSeriesMap().isEmpty()) {
            return "";
        }
        try {
            return ReportPage.inline(BitmapEncoder.getBitmapBytes(drawing, BitmapEncoder.BitmapFormat.PNG));
        } catch (IOException e) {
            throw new UncheckedIOException("a chart cannot be drawn", e);
        }
    }

    /** Means over equal stretches, so that a long training is a line and not a band. */
    private static void collect(List<JsonNode> lines, String key, List<Double> minutes, List<Double> values) {
        List<JsonNode> found = lines.stream().filter(line -> line.has(key)).toList();
        int stretch = Math.max(1, found.size() / MOST_POINTS);
        for (int from = 0; from + stretch <= found.size(); from += stretch) {
            double sum = 0;
            for (JsonNode line : found.subList(from, from + stretch)) {
                sum += line.path(key).asDouble();
            }
            minutes.add(found.get(from + stretch - 1).path("seconds").asDouble() / MINUTE);
            values.add(sum / stretch);
        }
    }
}
