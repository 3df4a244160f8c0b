package dev.limner.training.evaluate.report;

import dev.limner.generator.image.FontSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page of a training: where it is, its grids over time and its curves. While it runs the page reloads itself. */
public final class TrainingReport {
    private static final int SHOWN = 6;

    private TrainingReport() {}

    /**
     * Writes the page.
     *
     * @param file the page
     * @param name of the model
     * @param state where the training is, for people
     * @param running whether the page should reload itself
     * @param alarms what is wrong
     * @param log the training's {@code log.jsonl}
     * @param grids folder of the grids, {@code step-N.png}
     */
    public static void write(
            Path file, String name, String state, boolean running, List<String> alarms, Path log, Path grids) {
        ReportPage.write(
                "training.html.mustache",
                Map.of(
                        "name", name,
                        "state", state,
                        "running", running,
                        "alarms", alarms,
                        "grids", grids(grids),
                        "curves", TrainingCurves.draw(TrainingCurves.read(log)),
                        "noFonts", FontSupport.missing().orElse("")),
                file);
    }

    private static List<Map<String, String>> grids(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.filter(file -> file.getFileName().toString().matches("step-\\d+\\.png"))
                    .sorted(Comparator.comparingLong(TrainingReport::step))
                    .toList();
            List<Map<String, String>> shown = new ArrayList<>();
            for (Path file : all.subList(Math.max(0, all.size() - SHOWN), all.size())) {
                shown.add(
                        0, Map.of("title", "step " + step(file), "image", ReportPage.inline(Files.readAllBytes(file))));
            }
            return shown;
        } catch (IOException e) {
            throw new UncheckedIOException("the grids in " + folder + " cannot be read", e);
        }
    }

    private static long step(Path file) {
        return Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
    }
}
