package dev.limner.testkit.fault;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.store.ObjectStore;
import dev.limner.store.file.Disk;
import dev.limner.testkit.fault.bug.SeededBug;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.OwnershipListener;
import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.Publication;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.publish.PublishOutcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** All faults of the kit, and the seeded bugs that the worker is told to have, one in front of the other. */
public final class WorkerFaults implements FaultPoints {
    private final List<FaultPoints> all;

    /** As the process's system properties say. */
    public WorkerFaults() {
        this(new FaultOrders(Path.of(orders())), sabotage());
    }

    /**
     * With orders from somewhere.
     *
     * @param sabotage names of seeded bugs
     * @throws IllegalArgumentException if there is no such bug
     */
    WorkerFaults(FaultOrders orders, Collection<String> sabotage) {
        this.all = new ArrayList<>();
        faults().forEach(fault -> all.add(fault.obeying(orders)));
        Map<String, SeededBug> bugs = bugs();
        for (String name : sabotage) {
            SeededBug bug = bugs.get(name);
            if (bug == null) {
                throw new IllegalArgumentException(KitSettings.property(KitSettings.WORKER, KitSettings.SABOTAGE)
                        + " is '" + name + "', must be one of " + bugs.keySet());
            }
            all.add(bug);
        }
    }

    private static String orders() {
        String folder = KitSettings.of(KitSettings.WORKER, KitSettings.ORDERS, "");
        if (folder.isEmpty()) {
            throw new IllegalArgumentException(
                    KitSettings.property(KitSettings.WORKER, KitSettings.ORDERS) + " is not set");
        }
        return folder;
    }

    private static List<String> sabotage() {
        return Arrays.stream(KitSettings.of(KitSettings.WORKER, KitSettings.SABOTAGE, "")
                        .split(",", -1))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Every fault there is, the innermost first. */
    static List<OrderedFault> faults() {
        return ServiceLoader.load(OrderedFault.class, WorkerFaults.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Every seeded bug there is, by its name. */
    static Map<String, SeededBug> bugs() {
        Map<String, SeededBug> bugs = new TreeMap<>();
        ServiceLoader.load(SeededBug.class, WorkerFaults.class.getClassLoader())
                .forEach(bug -> bugs.put(bug.id(), bug));
        return bugs;
    }

    private <T> T through(T first, BiFunction<FaultPoints, T, T> point) {
        T last = first;
        for (FaultPoints faults : all) {
            last = point.apply(faults, last);
        }
        return last;
    }

    @Override
    public void reached(CrashPoint point) {
        all.forEach(faults -> faults.reached(point));
    }

    @Override
    public Clock clock(Clock clock) {
        return through(clock, FaultPoints::clock);
    }

    @Override
    public Disk disk(Disk disk) {
        return through(disk, FaultPoints::disk);
    }

    @Override
    public ObjectStore store(ObjectStore store) {
        return through(store, FaultPoints::store);
    }

    @Override
    public ImageGenerator generator(ImageGenerator generator) {
        return through(generator, FaultPoints::generator);
    }

    @Override
    public TextEncoder textEncoder(TextEncoder encoder) {
        return through(encoder, FaultPoints::textEncoder);
    }

    @Override
    public Function<String, Optional<Instant>> cancellations(Function<String, Optional<Instant>> cancellations) {
        return through(cancellations, FaultPoints::cancellations);
    }

    @Override
    public OwnershipListener ownership(OwnershipListener listener) {
        return through(listener, FaultPoints::ownership);
    }

    @Override
    public PartitionAssignment assigned(PartitionAssignment assignment) {
        return through(assignment, FaultPoints::assigned);
    }

    @Override
    public RecordDelivery delivered(RecordDelivery delivery) {
        return through(delivery, FaultPoints::delivered);
    }

    @Override
    public String caption(String caption) {
        return through(caption, FaultPoints::caption);
    }

    @Override
    public Publication answered(Publication publication) {
        return through(publication, FaultPoints::answered);
    }

    @Override
    public PublishOutcome published(PublishOutcome outcome) {
        return through(outcome, FaultPoints::published);
    }
}
