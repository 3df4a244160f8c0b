package dev.limner.testkit.chaos;

import dev.limner.testkit.chaos.fault.BuildFaults;
import dev.limner.testkit.chaos.fault.Fault;
import dev.limner.testkit.chaos.fault.FaultCatalog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which faults are struck, in which order. */
final class FaultPlan {
    private FaultPlan() {}

    /**
     * Every kind that is possible comes once before any comes twice; one that takes long comes once.
     *
     * @param only nothing but these kinds; empty for all
     * @param count of strikes; with kinds that come once it may be fewer
     * @param previous whether an earlier release takes part; then its fleet is upgraded first
     * @throws IllegalArgumentException naming a kind that does not exist or is not possible
     */
    static List<Fault> of(List<String> only, int count, long seed, int brokers, boolean previous) {
        List<Fault> kinds = new ArrayList<>();
        if (only.isEmpty()) {
            FaultCatalog.all().stream()
                    .filter(fault -> fault.possible(brokers, previous))
                    .forEach(kinds::add);
        } else {
            for (String kind : only) {
                Fault fault = FaultCatalog.named(kind);
                if (!fault.possible(brokers, previous)) {
                    throw new IllegalArgumentException("'" + kind + "' needs "
                            + (fault.need() == Fault.Need.THREE_BROKERS ? "--brokers 3" : "--previous"));
                }
                kinds.add(fault);
            }
        }
        List<Fault> plan = new ArrayList<>();
        if (previous && count > 0) {
            plan.add(FaultCatalog.named(BuildFaults.UPGRADE));
        }
        Random random = new Random(seed);
        while (plan.size() < count && !kinds.isEmpty()) {
            Collections.shuffle(kinds, random);
            plan.addAll(kinds);
            kinds.removeIf(Fault::once);
        }
        return List.copyOf(plan.subList(0, Math.min(count, plan.size())));
    }
}
