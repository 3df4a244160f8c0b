package dev.limner.testkit.bench;

import dev.limner.generator.image.FontSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A process's memory and file descriptors over time. One thread. */
final class SoakCurve {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 400;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * One look.
     *
     * @param minutes since the load began
     * @param images generated so far
     */
    record Sample(double minutes, double rssMiB, long files, long images) {}

    void add(Sample sample) {
        samples.add(sample);
    }

    /** Least squares over the samples from {@code fromMinutes} on, in MiB per minute. */
    double rssSlope(double fromMinutes) {
        return slope(fromMinutes, Sample::rssMiB);
    }

    /** The same of open files, in files per minute. */
    double fileSlope(double fromMinutes) {
        return slope(fromMinutes, Sample::files);
    }

    private double slope(double fromMinutes, ToDoubleFunction<Sample> value) {
        SimpleRegression line = new SimpleRegression();
        samples.stream()
                .filter(sample -> sample.minutes() >= fromMinutes)
                .forEach(sample -> line.addData(sample.minutes(), value.applyAsDouble(sample)));
        return line.getSlope();
    }

    /** Leaves {@code soak.csv} and, where there are {@link FontSupport}, {@code soak.png}. */
    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            List<String> lines = new ArrayList<>(List.of("minutes,rss_mib,open_files,images"));
            samples.forEach(sample -> lines.add(String.format(
                    Locale.ROOT,
                    "%.2f,%.1f,%d,%d",
                    sample.minutes(),
                    sample.rssMiB(),
                    sample.files(),
                    sample.images())));
            Files.write(folder.resolve("soak.csv"), lines);
            if (FontSupport.missing().isPresent()) {
                return;
            }
            XYChart chart = new XYChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title("A worker at full load")
                    .xAxisTitle("minutes")
                    .yAxisTitle("MiB, open files")
                    .build();
            double[] minutes = samples.stream().mapToDouble(Sample::minutes).toArray();
            chart.addSeries(
                            "resident memory, MiB",
                            minutes,
                            samples.stream().mapToDouble(Sample::rssMiB).toArray())
                    .setMarker(SeriesMarkers.NONE);
            chart.addSeries(
                            "open files",
                            minutes,
                            samples.stream().mapToDouble(Sample::files).toArray())
                    .setMarker(SeriesMarkers.NONE);
            chart.getStyler().setYAxisMin(0.0);
            BitmapEncoder.saveBitmap(chart, folder.resolve("soak.png").toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("the curve cannot be written to " + folder, e);
        }
    }
}
