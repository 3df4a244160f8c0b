package dev.limner.training.gate;

import java.util.List;

/** What the gate says of a candidate. */
public sealed interface GateVerdict {
    GateReport report();

    /** It may be released. */
    record Pass(GateReport report) implements GateVerdict {}

    /** It may not. */
    record Fail(GateReport report, List<String> reasons) implements GateVerdict {
        public Fail {
            reasons = List.copyOf(reasons);
        }
    }
}
