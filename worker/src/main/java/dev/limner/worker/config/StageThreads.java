package dev.limner.worker.config;

import ai.djl.Device;

/**
 * How many threads serve each stage; a thread has one micro-batch at a time.
 *
 * @param text as many captions are embedded at the same time
 * @param device micro-batches generated side by side
 */
public record StageThreads(int text, int device, int encode, int store) {
    /** A caption costs a core about half of what its image costs, an encoded file a fifth. */
    private static final int STREAMS_PER_TEXT_THREAD = 2;

    private static final int STREAMS_PER_ENCODE_THREAD = 4;
    private static final int LEAST_STORE_THREADS = 2;

    public StageThreads {
        if (text < 1 || device < 1 || encode < 1 || store < 1) {
            throw new IllegalArgumentException("every stage needs a thread: text " + text + ", device " + device
                    + ", encode " + encode + ", store " + store);
        }
    }

    /**
     * Threads for a machine.
     *
     * @param torchThreads libtorch's threads inside one operation
     * @param streams micro-batches generated side by side; 0 for what suits the device
     */
    public static StageThreads on(Device device, int cores, int torchThreads, int streams) {
        if (streams < 0) {
            throw new IllegalArgumentException("limner.worker.streams is " + streams + ", must be at least 0");
        }
        if (torchThreads < 1) {
            throw new IllegalArgumentException("limner.worker.threads is " + torchThreads + ", must be at least 0");
        }
        if (device.isGpu()) {
            // The device does the generating; the cores are there to feed it.
            return new StageThreads(cores, Math.max(1, streams), cores, Math.max(LEAST_STORE_THREADS, cores / 2));
        }
        int drawing = streams == 0 ? Math.max(1, cores / torchThreads) : streams;
        return new StageThreads(
                ceilDiv(drawing * torchThreads, STREAMS_PER_TEXT_THREAD),
                drawing,
                ceilDiv(drawing * torchThreads, STREAMS_PER_ENCODE_THREAD),
                Math.max(LEAST_STORE_THREADS, drawing / STREAMS_PER_ENCODE_THREAD));
    }

    private static int ceilDiv(int count, int by) {
        return (count + by - 1) / by;
    }
}
