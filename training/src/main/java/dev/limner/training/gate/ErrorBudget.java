package dev.limner.training.gate;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How often the gate may be wrong, here and now. A lineage, models each tuned from the one before, is allowed one chance in
 * ten that any of its releases is no better than its parent, however long it is: half of that for the first release, half
 * of the rest for the next. A release may be tried for often; of its part, attempt number {@code n} gets 1/(n(n+1)), which
 * adds up to the whole.
 *
 * @param releases of the lineage before this one: 0 for what was never tuned
 * @param attempts judged before this one from the same parent
 */
public record ErrorBudget(int releases, int attempts) {
    /** Of a lineage's first round. */
    public static final ErrorBudget FIRST = new ErrorBudget(0, 0);

    /** The chance that a lineage, however long, ever releases what is no better. */
    public static final double OF_LINE = 0.1;

    public ErrorBudget {
        if (releases < 0 || attempts < 0) {
            throw new IllegalArgumentException(
                    releases + " releases and " + attempts + " attempts before, must not be negative");
        }
    }

    /**
     * The budget of the next round of a lineage.
     *
     * @param report of the gate that let the parent pass, as its bundle carries it; missing for a model that was never
     *     tuned or was released without one
     * @param known releases of the lineage as far as the store shows them, for reports without a budget
     * @param attempts judged before from the same parent
     */
    public static ErrorBudget after(JsonNode report, int known, int attempts) {
        JsonNode before = report.path("budget").path("releases");
        return new ErrorBudget(before.isInt() ? before.intValue() + 1 : known, attempts);
    }

    /** The chance of error of this round. */
    public double alpha() {
        return OF_LINE * Math.pow(0.5, releases + 1.0) / ((attempts + 1.0) * (attempts + 2.0));
    }
}
