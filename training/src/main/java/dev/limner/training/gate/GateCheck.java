package dev.limner.training.gate;

import java.util.Locale;

/**
 * One thing a candidate must not fail in.
 *
 * @param name of the metric
 * @param candidate its figure
 * @param incumbent that of the model it is held against
 * @param limit what the candidate's must not pass
 * @param rule in words
 * @param passed whether it did not
 */
public record GateCheck(String name, double candidate, double incumbent, double limit, String rule, boolean passed) {
    /** At most a limit. */
    static GateCheck atMost(String name, double candidate, double incumbent, double limit, String rule) {
        return new GateCheck(name, candidate, incumbent, limit, rule, candidate <= limit);
    }

    /** What people read of one that failed. */
    String reason() {
        return String.format(
                Locale.ROOT, "%s is %.4f, was %.4f, limit %.4f: %s", name, candidate, incumbent, limit, rule);
    }
}
