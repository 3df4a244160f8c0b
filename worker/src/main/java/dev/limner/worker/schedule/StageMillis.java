package dev.limner.worker.schedule;

/** What the stages took for a batch, in milliseconds; 0 for a stage that has not had it yet. */
public record StageMillis(double text, double device, double encode, double store) {
    /** Of a batch that no stage has had. */
    public static final StageMillis NONE = new StageMillis(0, 0, 0, 0);

    public StageMillis withText(double millis) {
        return new StageMillis(millis, device, encode, store);
    }

    public StageMillis withDevice(double millis) {
        return new StageMillis(text, millis, encode, store);
    }

    public StageMillis withEncode(double millis) {
        return new StageMillis(text, device, millis, store);
    }

    public StageMillis withStore(double millis) {
        return new StageMillis(text, device, encode, millis);
    }

    /** Milliseconds since a {@link System#nanoTime()}. */
    public static double since(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }
}
