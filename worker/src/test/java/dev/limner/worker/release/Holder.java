package dev.limner.worker.release;

import java.io.PrintStream;
import java.nio.file.Path;

/** Another worker's process: takes a slot, says which, and keeps it until it is killed. */
final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
        CacheSlot slot = CacheSlot.take(Path.of(arguments[0]));
        PrintStream out = System.out;
        out.println("slot " + slot.folder());
        out.flush();
        Thread.sleep(Long.MAX_VALUE);
    }
}
