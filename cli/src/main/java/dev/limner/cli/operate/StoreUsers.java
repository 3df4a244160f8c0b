package dev.limner.cli.operate;

import dev.limner.launcher.UsageException;
import dev.limner.store.file.FleetMarks;
import dev.limner.store.file.FleetMarks.Fleet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether everybody who keeps objects in a folder was asked before it is cleared.
 *
 * @param store the folder
 * @param asked fleets whose references are known, the one that clears first
 * @param forgotten names of fleets that are no more
 * @param claims whether the clearing fleet may be one that has no mark there
 */
record StoreUsers(Path store, List<Fleet> asked, List<String> forgotten, boolean claims) {
    /**
     * Checks the marks in the folder.
     *
     * @throws UsageException naming who was not asked, or what is wrong with the request
     */
    void requireAll() {
        List<Fleet> marked = marks();
        for (String name : forgotten) {
            if (marked.stream().noneMatch(fleet -> fleet.name().equals(name))) {
                throw new UsageException(
                        "--forget is " + name + ", which has no mark in " + store + "; these have: " + written(marked));
            }
            if (asked.stream().anyMatch(fleet -> fleet.name().equals(name))) {
                throw new UsageException("--forget is " + name + ", which was found alive at the address given for it");
            }
        }
        List<Fleet> unasked = marked.stream()
                .filter(fleet ->
                        !forgotten.contains(fleet.name()) && asked.stream().noneMatch(fleet::isSame))
                .toList();
        if (!unasked.isEmpty()) {
            throw new UsageException("other fleets keep images in " + store + ": " + written(unasked)
                    + ". Name each with --also HOST:PORT/PREFIX so that what it refers to is kept, or, if it is no more,"
                    + " with --forget CLUSTER/PREFIX");
        }
        Fleet own = asked.get(0);
        if (!claims && marked.stream().noneMatch(own::isSame)) {
            throw new UsageException("the fleet " + own + " has never written to " + store
                    + ", so nothing there would count as needed. --claim if it has, before stores were marked");
        }
    }

    /** Marks the folder as claimed and drops the marks of fleets that are no more. */
    void settle() {
        FleetMarks fleets = new FleetMarks(store);
        try {
            if (claims) {
                fleets.mark(asked.get(0));
            }
            for (Fleet fleet : fleets.all()) {
                if (forgotten.contains(fleet.name())) {
                    fleets.forget(fleet);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the marks of " + store + " cannot be changed: " + e, e);
        }
    }

    private List<Fleet> marks() {
        try {
            return new FleetMarks(store).all();
        } catch (IOException e) {
            throw new IllegalStateException("it cannot be told who uses " + store + ": " + e.getMessage(), e);
        }
    }

    private static String written(List<Fleet> fleets) {
        return fleets.isEmpty() ? "none" : fleets.stream().map(Fleet::toString).collect(Collectors.joining(", "));
    }
}
