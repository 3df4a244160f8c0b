package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;

/** Latencies in milliseconds as people quote them: nearest rank, to a tenth. */
record LatencyPercentiles(int count, double p50, double p95, double p99, double worst) {
    static LatencyPercentiles of(double[] millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return new LatencyPercentiles(
                sorted.length, rank(sorted, 0.5), rank(sorted, 0.95), rank(sorted, 0.99), rank(sorted, 1));
    }

    private static double rank(double[] sorted, double share) {
        int at = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.max(0, at)] * 10) / 10.0;
    }

    ObjectNode json() {
        return new ObjectMapper()
                .createObjectNode()
                .put("jobs", count)
                .put("p50", p50)
                .put("p95", p95)
                .put("p99", p99)
                .put("worst", worst);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, worst %.1f ms", p50, p95, p99, worst);
    }
}
