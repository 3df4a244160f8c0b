package dev.limner.cli.learn;

import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataImport;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.FashionMnistSource;
import dev.limner.training.data.FolderSource;
import dev.limner.training.data.RawImage;
import dev.limner.training.data.ShardSource;
import dev.limner.training.data.SkippedEntries;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.extractor.ExtractorTraining;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limner data import}: images from somewhere into a data set. */
@Command(
        name = "import",
        description = {
            "Bring captioned images into a data set: WebDataset shards, one size, on white, with a split that an image's"
                    + " subject fixes: what it shows, or what looks nearly the same.",
            "What is there stays as it is: importing twice changes nothing, importing more adds a shard. What is left out"
                    + " is counted, and listed with the reason in skipped.jsonl of the data set; what was used in a way"
                    + " worth a word, in remarks.jsonl."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            EmojiImportCommand.class,
            IconsImportCommand.class,
            DataImportCommand.FashionMnist.class,
            DataImportCommand.Folder.class,
            DataImportCommand.WebDataset.class
        })
final class DataImportCommand {
    private DataImportCommand() {}

    /** Where to, and how. */
    static final class Target {
        @Mixin
        @SuppressWarnings("NullAway.Init")
        DataOptions shares;

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        /** @return 1 if part of the source was missing, else 0 */
        int fill(RawImage.Source source, Path folder, int side) {
            PrintWriter terminal = spec.commandLine().getOut();
            DataImport.Outcome outcome;
            DataSettings settings = shares.settings(side, folder);
            AtomicLong seen = new AtomicLong();
            try (Progress progress = Progress.of("importing", 0)) {
                outcome = DataImport.run(
                        source.watched(image -> {
                            long count = seen.incrementAndGet();
                            progress.total(count);
                            progress.to(count, image.place());
                        }),
                        folder,
                        settings);
            }
            terminal.println(folder + ": " + CountedNoun.of(outcome.added(), "new image") + ", " + outcome.present()
                    + (outcome.present() == 1 ? " was" : " were") + " there already; " + outcome.in(Split.TRAIN)
                    + " to train on, " + held(outcome, settings));
            fewness(outcome, settings).ifPresent(terminal::println);
            for (SkippedEntries.Reason reason : SkippedEntries.Reason.values()) {
                Integer count = outcome.skipped().get(reason);
                if (count != null) {
                    terminal.printf(Locale.ROOT, "left out: %d, because %s%n", count, reason.text());
                }
            }
            if (!outcome.skipped().isEmpty()) {
                terminal.println("each of them: " + folder.resolve("skipped.jsonl"));
            }
            for (SkippedEntries.Remark remark : SkippedEntries.Remark.values()) {
                Integer count = outcome.remarks().get(remark);
                if (count != null) {
                    terminal.printf(Locale.ROOT, "used: %d, though %s%n", count, remark.text());
                }
            }
            if (!outcome.remarks().isEmpty()) {
                terminal.println("each of them: " + folder.resolve("remarks.jsonl"));
            }
            boolean whole = !outcome.skipped().containsKey(SkippedEntries.Reason.BROKEN_SHARD);
            if (!whole) {
                spec.commandLine()
                        .getErr()
                        .println("limner: part of the source is missing: repair it and import it again, which adds the"
                                + " rest");
            }
            return whole ? 0 : 1;
        }

        private static String held(DataImport.Outcome outcome, DataSettings settings) {
            return settings.splitsBySubject()
                    ? outcome.in(Split.VALIDATION) + " for validation, " + outcome.in(Split.TEST) + " for testing"
                    : outcome.in(Split.TEST) + " held out (of format 1: split by pixels, without validation)";
        }

        /** What a set of so few images cannot be used for. */
        private static Optional<String> fewness(DataImport.Outcome outcome, DataSettings settings) {
            // By which a training chooses; a set without validation chooses by what it tests with.
            int choosing = outcome.in(outcome.in(Split.VALIDATION) == 0 ? Split.TEST : Split.VALIDATION);
            if (outcome.in(Split.TRAIN) >= ExtractorTraining.FEWEST && choosing >= EvaluationPlan.FEWEST) {
                return Optional.empty();
            }
            String none =
                    choosing == 0 ? "none is held out, " : outcome.in(Split.TRAIN) == 0 ? "all are held out, " : "";
            return Optional.of(none + "too few to look at how a training goes (" + ExtractorTraining.FEWEST
                    + " to train on and " + EvaluationPlan.FEWEST
                    + (settings.splitsBySubject() ? " for validation" : " held out")
                    + " are needed): import more, or train with --check-every 0");
        }
    }

    /** {@code limner data import fashion-mnist}. */
    @Command(
            name = "fashion-mnist",
            description =
                    "Import the benchmark data set: clothes in ten classes at 32x32, with captions from templates.",
            mixinStandardHelpOptions = true)
    static final class FashionMnist implements Callable<Integer> {
        private static final int SIDE = 32;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        Target target;

        @Option(
                names = "--from",
                paramLabel = "DIR",
                description = "Folder with its four .gz files. Default: where Debian's dataset-fashion-mnist puts it")
        Path from = FashionMnistSource.DEBIAN;

        @Option(names = "--out", paramLabel = "DIR", required = true, description = "The data set.")
        @SuppressWarnings("NullAway.Init")
        Path out;

        @Override
        public Integer call() {
            DataSettings settings = target.shares.settings(SIDE, out);
            return target.fill(new FashionMnistSource(from, settings.validationPercent()), out, SIDE);
        }
    }

    /** What a user's own images need to be told. */
    static final class Own {
        @Option(names = "--out", paramLabel = "DIR", required = true, description = "The data set.")
        @SuppressWarnings("NullAway.Init")
        Path out;

        @Option(
                names = "--side",
                paramLabel = "PIXELS",
                defaultValue = "64",
                description = "Height and width the images are brought to. Default: ${DEFAULT-VALUE}")
        int side;

        @Option(
                names = "--language",
                paramLabel = "LANGUAGE",
                defaultValue = "en",
                description = "Of captions that do not name theirs. Default: ${DEFAULT-VALUE}")
        @SuppressWarnings("NullAway.Init")
        String language;

        @Option(
                names = "--licence",
                paramLabel = "SPDX",
                description = "Under which terms the images may be used, where their description names no source: MIT,"
                        + " CC-BY-SA-4.0, LicenseRef-OURS. Without it nobody has said.")
        @Nullable
        String licence;

        @Option(
                names = "--attribution",
                paramLabel = "TEXT",
                description = "Who made them, as the licence asks for it to be said.")
        @Nullable
        String attribution;

        /** The images with what is said here of those that name no source. */
        RawImage.Source stated(RawImage.Source source, Path place) {
            if (licence == null && attribution == null) {
                return source;
            }
            String name = String.valueOf(place.toAbsolutePath().normalize().getFileName());
            try {
                return source.by(
                        DataSource.of(name, name, licence == null ? DataLicence.UNKNOWN : licence, attribution));
            } catch (DataException e) {
                throw new UsageException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** {@code limner data import folder}. */
    @Command(
            name = "folder",
            description =
                    "Import a folder of images with metadata.jsonl or metadata.csv (file_name, text), or with NAME.txt beside"
                            + " NAME.png.",
            mixinStandardHelpOptions = true)
    static final class Folder implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "The images.")
        @SuppressWarnings("NullAway.Init")
        Path folder;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        Own own;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        Target target;

        @Override
        public Integer call() {
            if (!Files.isDirectory(folder)) {
                throw new UsageException(folder + " is no folder");
            }
            DataImport.requireApart(folder, own.out);
            return target.fill(own.stated(new FolderSource(folder, own.language), folder), own.out, own.side);
        }
    }

    /** {@code limner data import webdataset}. */
    @Command(
            name = "webdataset",
            description = "Import WebDataset tar shards: KEY.png or KEY.jpg with KEY.txt or KEY.json.",
            mixinStandardHelpOptions = true,
            exitCodeList = {"0:imported", "1:something failed, or a shard was cut off", "2:misuse"})
    static final class WebDataset implements Callable<Integer> {
        @Parameters(paramLabel = "PATH", description = "A folder of shards, or one shard.")
        @SuppressWarnings("NullAway.Init")
        Path path;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        Own own;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        Target target;

        @Override
        public Integer call() {
            if (!Files.exists(path)) {
                throw new UsageException("there is no " + path);
            }
            DataImport.requireApart(path, own.out);
            return target.fill(own.stated(new ShardSource(path, own.language), path), own.out, own.side);
        }
    }
}
