package dev.limner.worker.release;

import java.nio.file.Path;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * Which releases a worker takes.
 *
 * @param bootstrap Kafka's bootstrap servers
 * @param topic of the model records
 * @param workersTopic of the workers' statuses, which say what the fleet runs
 * @param client how the brokers' logs name the reader
 * @param profile the worker's execution profile
 * @param cache folder for copies of bundles; several workers may share it
 * @param key releases and model records must be signed by its other half; null takes unsigned ones too
 * @param mostBytes of a bundle
 * @param pinned models kept on the device that only jobs that name their digest get
 * @param beside whether a new model is loaded while the old one is on the device
 * @param fallback whether a worker that starts serves its own model until it has the live one; else it waits
 */
public record ReleaseSettings(
        String bootstrap,
        String topic,
        String workersTopic,
        String client,
        String profile,
        Path cache,
        @Nullable PublicKey key,
        long mostBytes,
        int pinned,
        Beside beside,
        boolean fallback) {
    public ReleaseSettings {
        if (mostBytes < 1) {
            throw new IllegalArgumentException(
                    "limner.worker.models.max-bytes is " + mostBytes + ", must be at least 1");
        }
        if (pinned < 0) {
            throw new IllegalArgumentException("limner.worker.models.pinned is " + pinned + ", must be at least 0");
        }
    }

    /** Whether two models are on the device during a swap. */
    public enum Beside {
        /** If there is memory for it. */
        AUTO,
        /** Always: nobody waits. */
        ALWAYS,
        /** Never: jobs wait while the old one is taken out and the new one put in. */
        NEVER
    }
}
