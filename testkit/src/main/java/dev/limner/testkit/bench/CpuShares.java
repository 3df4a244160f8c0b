package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who used the machine's cores while jobs were generated: the worker's parts, and this process, which holds the broker and
 * reads the results. Added up over the runs of a benchmark. One thread.
 */
final class CpuShares {
    private static final String BROKER = "broker";
    private static final Set<String> JVM = Set.of("jit", "gc");

    private final Map<String, Double> seconds = new TreeMap<>();
    private double wall;
    private long images;

    /** What the clocks say before a run. */
    record Mark(long worker, ThreadTimes workerTimes, ThreadTimes own) {}

    static Mark mark(long worker) {
        return new Mark(worker, ThreadTimes.of(worker), own());
    }

    private static ThreadTimes own() {
        return ThreadTimes.of(ProcessHandle.current().pid());
    }

    void add(Mark before, double wallSeconds, long generated) {
        ThreadTimes.of(before.worker()).since(before.workerTimes()).forEach(this::add);
        own().since(before.own()).forEach((part, more) -> add(JVM.contains(part) ? part : BROKER, more));
        wall += wallSeconds;
        images += generated;
    }

    private void add(String part, double more) {
        seconds.merge(part, more, Double::sum);
    }

    private double share(double of) {
        return of / (wall * Runtime.getRuntime().availableProcessors());
    }

    private double idle() {
        return 1
                - share(seconds.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum());
    }

    void print(PrintWriter terminal) {
        seconds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(part -> terminal.printf(
                        Locale.ROOT,
                        "  %-8s %5.1f %% of the cores, %6.3f ms per image%n",
                        part.getKey(),
                        100 * share(part.getValue()),
                        1000 * part.getValue() / images));
        terminal.printf(Locale.ROOT, "  %-8s %5.1f %%%n", "idle", 100 * idle());
    }

    /** For each part its share of the cores and its CPU time an image. */
    ObjectNode json() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        seconds.forEach((part, spent) -> node.putObject(part)
                .put("share", rounded(share(spent)))
                .put("cpuMillisPerImage", rounded(1000 * spent / images)));
        node.putObject("idle").put("share", rounded(idle()));
        return node;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
