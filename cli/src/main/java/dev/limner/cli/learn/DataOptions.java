package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataImport;
import dev.limner.training.data.DataSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How commands that make a data set split it. */
public final class DataOptions {
    private static final Map<String, String> OPTIONS = Map.of(
            "validationPercent + testPercent", "--validation and --test together",
            "validationPercent", "--validation",
            "testPercent", "--test",
            "heldOutPercent", "--held-out",
            "side", "--side");

    @Option(
            names = "--validation",
            paramLabel = "PERCENT",
            description =
                    "Share of the subjects that a training chooses its checkpoint by. Default: 10, or the data set's")
    @Nullable
    Integer validation;

    @Option(
            names = "--test",
            paramLabel = "PERCENT",
            description = "Share of the subjects that is only ever reported on. Default: 10, or the data set's")
    @Nullable
    Integer test;

    @Option(
            names = "--held-out",
            paramLabel = "PERCENT",
            description =
                    "Both of them together, half each; the odd one is for testing. Of a data set of format 1, which has"
                            + " no validation, all that it holds out.")
    @Nullable
    Integer heldOut;

    /**
     * Settings of a new data set.
     *
     * @param heldOut as the option has it; null for the default
     * @throws UsageException naming the option whose value a data set cannot have
     */
    public static DataSettings settings(int side, @Nullable Integer heldOut) {
        DataOptions options = new DataOptions();
        options.heldOut = heldOut;
        return options.settings(side, Optional.empty());
    }

    /**
     * Settings for an import into a folder: what is not asked for is as in the data set that is there.
     *
     * @throws UsageException naming the option whose value a data set cannot have, or this one
     */
    DataSettings settings(int side, Path folder) {
        return settings(side, DataImport.settingsOf(folder));
    }

    private DataSettings settings(int side, Optional<DataSettings> there) {
        if (heldOut != null && (validation != null || test != null)) {
            throw new UsageException("--held-out is --validation and --test together: give either");
        }
        try {
            return there.filter(own -> !own.splitsBySubject())
                    .map(own -> old(side, own))
                    .orElseGet(() -> bySubject(side, there));
        } catch (IllegalArgumentException e) {
            throw new UsageException(named(String.valueOf(e.getMessage())), e);
        }
    }

    /** Of format 1. */
    private DataSettings old(int side, DataSettings own) {
        if (validation != null || test != null) {
            throw new UsageException((validation != null ? "--validation" : "--test")
                    + " is for data sets that are split by subject; this one is of format 1, which splits by pixels and holds"
                    + " out " + own.testPercent() + " percent: leave the option out, or give another --out");
        }
        return DataSettings.ofPixels(side, Objects.requireNonNullElse(heldOut, own.testPercent()));
    }

    private DataSettings bySubject(int side, Optional<DataSettings> there) {
        if (heldOut != null) {
            // Its own bounds are told by its own name.
            int all = DataSettings.ofPixels(side, heldOut).testPercent();
            return DataSettings.of(side, all / 2, all - all / 2);
        }
        return DataSettings.of(
                side,
                Objects.requireNonNullElseGet(
                        validation,
                        () -> there.map(DataSettings::validationPercent)
                                .orElse(DataSettings.DEFAULT_VALIDATION_PERCENT)),
                Objects.requireNonNullElseGet(
                        test, () -> there.map(DataSettings::testPercent).orElse(DataSettings.DEFAULT_TEST_PERCENT)));
    }

    private static String named(String wrong) {
        int end = wrong.indexOf(" is ");
        String key = wrong.substring(0, Math.max(0, end));
        return OPTIONS.containsKey(key) ? OPTIONS.get(key) + wrong.substring(end) : "--" + wrong;
    }
}
