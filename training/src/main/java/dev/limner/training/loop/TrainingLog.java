package dev.limner.training.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.step.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code log.jsonl}: one line every so many steps and one a check. */
final class TrainingLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    TrainingLog(Path folder) {
        this.file = folder.resolve("log.jsonl");
    }

    Path file() {
        return file;
    }

    /** Forgets what was logged after a checkpoint: those steps are about to be done again. */
    void rewindTo(long step) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<String> kept = new ArrayList<>();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                // A kill may have cut the last line short.
                if (line.endsWith("}") && JSON.readTree(line).path("step").asLong() <= step) {
                    kept.add(line);
                }
            }
            Path temporary = file.resolveSibling("log.jsonl.tmp");
            Files.write(temporary, kept, StandardCharsets.UTF_8);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the training log " + file + " cannot be read", e);
        }
    }

    void step(StepReport report, double seconds) {
        ObjectNode line = line(report.step() + 1, seconds);
        line.put("discriminatorLoss", report.discriminatorLoss());
        line.put("generatorLoss", report.generatorLoss());
        line.put("realAboveDrawn", report.realAboveGenerated());
        line.put("discriminatorGradient", report.discriminatorGradient());
        line.put("generatorGradient", report.generatorGradient());
        if (!Float.isNaN(report.penalty())) {
            line.put("penalty", report.penalty());
        }
        ResidentMemory.mib().ifPresent(mib -> line.put("rssMiB", Math.round(mib)));
        append(line);
    }

    /** A step that moved nothing. */
    void skipped(StepReport report, double seconds) {
        ObjectNode line = line(report.step() + 1, seconds);
        line.put("skipped", true);
        line.put("discriminatorGradient", String.valueOf(report.discriminatorGradient()));
        line.put("generatorGradient", String.valueOf(report.generatorGradient()));
        append(line);
    }

    void check(long step, double seconds, Map<Metric, Estimate> figures, double score) {
        ObjectNode line = line(step, seconds);
        line.put("score", score);
        figures.forEach((metric, estimate) -> line.put(metric.id(), estimate.value()));
        append(line);
    }

    private static ObjectNode line(long step, double seconds) {
        ObjectNode line = JSON.createObjectNode();
        line.put("step", step);
        line.put("seconds", Math.round(seconds * 10) / 10.0);
        return line;
    }

    private void append(ObjectNode line) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("the training log " + file + " cannot be written", e);
        }
    }
}
