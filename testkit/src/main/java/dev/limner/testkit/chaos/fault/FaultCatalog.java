package dev.limner.testkit.chaos.fault;

import java.util.List;
import java.util.stream.Stream;

/** Every fault there is. */
public final class FaultCatalog {
    private FaultCatalog() {}

    public static List<Fault> all() {
        return Stream.of(
                        CrashFaults.all(),
                        GroupFaults.all(),
                        NetworkFaults.all(),
                        DiskFaults.all(),
                        DeviceFaults.all(),
                        ProducerFaults.all(),
                        TopicFaults.all(),
                        OffsetFaults.all(),
                        ErrorFaults.all(),
                        OutageFaults.all(),
                        BuildFaults.all())
                .flatMap(List::stream)
                .toList();
    }

    /** @throws IllegalArgumentException naming the kinds there are */
    public static Fault named(String kind) {
        return all().stream()
                .filter(fault -> fault.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault '" + kind + "'; there are "
                        + String.join(", ", all().stream().map(Fault::kind).toList())));
    }
}
