package dev.limner.worker.pipeline;

import dev.limner.protocol.Topics;
import dev.limner.worker.generate.FixedSizes;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.schedule.BatchSettings;
import java.time.Duration;

/**
 * Everything a worker is told.
 *
 * @param name unlike any other live worker's
 * @param software the generator and its version, as provenance names it
 * @param writeCaptions whether picture files carry their captions
 * @param stopWithin how long a stopping worker may take to finish what is on its way
 */
public record WorkerSettings(
        String name,
        Topics topics,
        IntakeSettings intake,
        BatchSettings batch,
        FixedSizes sizes,
        StageThreads threads,
        PublishSettings publish,
        String software,
        boolean writeCaptions,
        Duration stopWithin) {
    public WorkerSettings {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "limner.worker.name is '" + name + "', must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
    }
}
