package dev.limner.testkit.chaos.check;

import java.util.ArrayList;
import java.util.List;

/** What must not have happened, in words. Safe from any thread. */
public final class ViolationLog {
    private static final int MOST_TOLD = 50;

    private final List<String> told = new ArrayList<>();
    private int count;

    public synchronized void add(String what) {
        count++;
        if (told.size() < MOST_TOLD) {
            told.add(what);
        }
    }

    public synchronized int count() {
        return count;
    }

    /** The first of them. */
    public synchronized List<String> told() {
        return List.copyOf(told);
    }
}
