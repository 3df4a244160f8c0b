package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSettings;

/** What commands that make a data set are told of it. */
public final class DataOptions {
    private DataOptions() {}

    /** @throws UsageException naming the option whose value a data set cannot have */
    public static DataSettings settings(int side, int heldOut) {
        try {
            return DataSettings.ofPixels(side, heldOut);
        } catch (IllegalArgumentException e) {
            String wrong = String.valueOf(e.getMessage());
            throw new UsageException(
                    "--" + (wrong.startsWith("heldOutPercent") ? wrong.replaceFirst("\\w+", "held-out") : wrong), e);
        }
    }
}
