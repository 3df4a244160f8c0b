package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.launcher.JavaProcess;
import dev.limner.launcher.ProjectLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What {@code limner bench model} measured in a process of its own, because libtorch's threads are set once per process.
 *
 * @param loops loops side by side
 * @param threads of libtorch inside one operation
 * @param spinning whether OpenMP's threads wait actively, which is faster for a process that has the machine to itself
 */
record ModelSpeed(int loops, int threads, int batch, boolean spinning, double imagesPerSecond) {
    private static final List<Integer> BATCHES = List.of(8, 16, 32);
    /** What the search finds on a small machine, the best and the best single loop, for who has no time to search. */
    static final List<ModelSpeed> USUALLY_BEST =
            List.of(new ModelSpeed(2, 1, 16, false, 1), new ModelSpeed(1, 2, 16, true, 0));

    private static final int SEARCH_SECONDS = 5;
    private static final int SEARCH_WARM_UP = 3;

    /** Every way to use one or two threads with batches of 8 to 32. */
    static List<ModelSpeed> candidates() {
        List<ModelSpeed> candidates = new ArrayList<>();
        for (int batch : BATCHES) {
            candidates.add(new ModelSpeed(1, 1, batch, false, 0));
            candidates.add(new ModelSpeed(1, 2, batch, false, 0));
            candidates.add(new ModelSpeed(1, 2, batch, true, 0));
            candidates.add(new ModelSpeed(2, 1, batch, false, 0));
        }
        return candidates;
    }

    static ModelSpeed best(List<ModelSpeed> measured) {
        return measured.stream()
                .max(Comparator.comparingDouble(ModelSpeed::imagesPerSecond))
                .orElseThrow();
    }

    /** A short measurement, to choose by. */
    ModelSpeed glance(ProjectLayout home) throws InterruptedException {
        return measured(home, SEARCH_WARM_UP, SEARCH_SECONDS);
    }

    ModelSpeed measured(ProjectLayout home, int warmUp, int seconds) throws InterruptedException {
        List<String> arguments = List.of(
                "bench",
                "model",
                "--json",
                "--loops=" + loops,
                "--threads=" + threads,
                "--batch=" + batch,
                "--warm-up=" + warmUp,
                "--seconds=" + seconds);
        ProcessBuilder builder = JavaProcess.command(home, arguments);
        builder.environment().put("OMP_WAIT_POLICY", spinning ? "ACTIVE" : "PASSIVE");
        builder.redirectErrorStream(true);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("the model could not be measured: " + output.strip());
            }
            String last =
                    output.strip().lines().reduce((first, second) -> second).orElse("");
            JsonNode figures = new ObjectMapper().readTree(last);
            return new ModelSpeed(
                    loops,
                    threads,
                    batch,
                    spinning,
                    figures.get("imagesPerSecond").doubleValue());
        } catch (IOException e) {
            throw new UncheckedIOException("the model could not be measured", e);
        }
    }

    String description() {
        return loops + (loops == 1 ? " loop, " : " loops, ") + threads + (threads == 1 ? " thread" : " threads")
                + (spinning ? " spinning" : "") + ", batches of " + batch;
    }
}
