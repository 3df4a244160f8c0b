package dev.limner.testkit.bench.learn;

import dev.limner.generator.image.FontSupport;
import dev.limner.training.evaluate.metric.Estimate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** How often the rater prefers what is live to what the fleet started with, over the opinions it has given. */
final class PreferenceCurve {
    private PreferenceCurve() {}

    /**
     * One model that was live.
     *
     * @param records feedback sent when it went live
     * @param preferred how often it is preferred, on captions nobody rated
     */
    record Point(String digest, long records, Estimate preferred) {}

    /** Nothing where there are no {@link FontSupport}. */
    static void write(List<Point> points, Path file) {
        if (FontSupport.missing().isPresent()) {
            return;
        }
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(420)
                .title("Preferred to the starting model, captions the tuner never saw")
                .xAxisTitle("feedback records")
                .yAxisTitle("share, 95 % interval")
                .build();
        chart.addSeries(
                "live model",
                points.stream().mapToDouble(Point::records).toArray(),
                points.stream().mapToDouble(point -> point.preferred().value()).toArray(),
                points.stream()
                        .mapToDouble(point ->
                                (point.preferred().high() - point.preferred().low()) / 2)
                        .toArray());
        chart.getStyler().setYAxisMin(0.3).setYAxisMax(1.0);
        try {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("the curve cannot be written to " + file, e);
        }
    }
}
