package dev.limner.testkit.bench.learn;

import dev.limner.cli.learn.DataCommand;
import dev.limner.cli.learn.DataOptions;
import dev.limner.cli.learn.EmojiOptions;
import dev.limner.cli.learn.JudgesCommand;
import dev.limner.cli.learn.TrainCommand;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.Folders;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSettings;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.loop.StartingPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner bench transfer}: what starting from a model gives on a small set. */
@Command(
        name = "transfer",
        description = {
            "Measure what a trained model is worth where images are few: train on about a hundred emoji of one category, by other artists than those of the sample data: from a model,"
                    + " from a model with the lower half of its discriminator frozen (FreezeD), and from nothing.",
            "Then find out, at each of the times given, how near the images of the category's other emoji are to real ones, and"
                    + " whether they are recognised. A killed run continues where it stopped."
        },
        mixinStandardHelpOptions = true)
public final class TransferCommand implements Callable<Integer> {
    private static final int SIDE = 64;
    private static final String NOTHING = "from-nothing";

    /** What a run leaves behind that the next one uses. */
    private static final List<String> PARTS = List.of("all", "small", "from-model", "frozen", NOTHING);

    @Option(names = "--from", paramLabel = "BUNDLE", description = "The model. Default: models/default")
    @Nullable
    Path from;

    @Option(
            names = "--freeze",
            paramLabel = "PART",
            split = ",",
            defaultValue = "discriminator/start,discriminator/stage0",
            description = "What the second training does not train. Default: ${DEFAULT-VALUE}")
    List<String> frozen = List.of();

    @Option(
            names = {"--style", "--artwork"},
            paramLabel = "STYLE",
            defaultValue = "twemoji",
            description = "Whose images, as of 'data import emoji'. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String style;

    @Option(
            names = "--category",
            paramLabel = "NAME",
            defaultValue = "Animals & Nature",
            description = "Of emoji. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String category;

    @Option(
            names = "--held-out",
            paramLabel = "PERCENT",
            defaultValue = "33",
            description = "Of the category, for testing. Default: ${DEFAULT-VALUE}")
    int heldOut;

    @Option(
            names = "--minutes",
            split = ",",
            paramLabel = "M",
            defaultValue = "1,3,8",
            description = "Of the trainings that start from the model, ascending. Default: ${DEFAULT-VALUE}")
    List<Integer> minutes = List.of();

    @Option(
            names = "--minutes-from-nothing",
            split = ",",
            paramLabel = "M",
            defaultValue = "3,8,16",
            description = "Of the training that does not, ascending. Default: ${DEFAULT-VALUE}")
    List<Integer> minutesFromNothing = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Data, models, report. Default: a folder in .limner")
    @Nullable
    Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        requireAscending("--minutes", minutes);
        requireAscending("--minutes-from-nothing", minutesFromNothing);
        if (heldOut == 0) {
            throw new UsageException("--held-out is 0, must be at least 1: nothing could be compared with");
        }
        DataSettings unused = DataOptions.settings(SIDE, heldOut);
        EmojiOptions.require(category, List.of(HeldOutClass.LANGUAGE));
        style = EmojiOptions.style("--style", style).id();
        ProjectLayout home = ProjectLayout.find();
        Path base = from == null ? home.root().resolve("models/default") : from;
        StartingPoint start = StartingPoint.of(ModelBundle.read(base), frozen);
        String encoder = start.bundle().manifest().requireTextEncoder();
        if (!encoder.equals(PretrainedEncoder.MINI_LM.id())) {
            throw new UsageException("--from " + base + " reads captions through " + encoder + ", must be "
                    + PretrainedEncoder.MINI_LM.id() + ": the images have English ones");
        }
        Path folder = out == null ? home.state().resolve("transfer") : out.toAbsolutePath();
        FolderClaims.keep(folder, "limner bench transfer");
        KeptOptions kept = new KeptOptions(folder);
        kept.require(options(base), PARTS);
        Path all = folder.resolve("all");
        Path small = folder.resolve("small");
        bring(all);
        bring(small, "--category=" + category, "--held-out=" + heldOut);
        if (!FeatureExtractors.in(ForgettingCommand.judgesOf(all))) {
            LearningReports.execute(spec, JudgesCommand.class, "--data=" + all);
        }
        List<TransferReport.Model> models = new ArrayList<>();
        models.add(new TransferReport.Model("not trained further", 0, base));
        models.addAll(train(kept, "from-model", "from the model", minutes, List.of("--from=" + base)));
        models.addAll(train(
                kept,
                "frozen",
                "from the model, frozen: " + String.join(", ", frozen),
                minutes,
                List.of("--from=" + base, "--freeze=" + String.join(",", frozen))));
        models.addAll(
                train(kept, NOTHING, "from nothing", minutesFromNothing, List.of("--recipe=" + recipe(folder, start))));
        new TransferReport(home, all, small, folder, spec.commandLine().getOut()).write(models);
        return 0;
    }

    private static void requireAscending(String option, List<Integer> values) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) <= (i == 0 ? 0 : values.get(i - 1))) {
                throw new UsageException(option + " is " + values + ", must be above 0 and ascending");
            }
        }
    }

    /** What everything in the folder depends on but the times. */
    private Map<String, String> options(Path base) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--from", ModelBundle.read(base).manifest().digest());
        options.put("--freeze", String.join(",", frozen));
        options.put("--artwork", style);
        options.put("--category", category);
        options.put("--held-out", String.valueOf(heldOut));
        return options;
    }

    /** Not again once it is there as a whole, for which npm would have to fetch the packages. */
    private void bring(Path data, String... arguments) {
        Path whole = data.resolveSibling(data.getFileName() + ".imported");
        if (Files.exists(whole)) {
            return;
        }
        List<String> line = new ArrayList<>(List.of(
                "import", "emoji", "--style=" + style, "--languages=" + HeldOutClass.LANGUAGE, "--out=" + data));
        line.addAll(List.of(arguments));
        LearningReports.execute(spec, DataCommand.class, line.toArray(String[]::new));
        try {
            Files.createFile(whole);
        } catch (IOException e) {
            throw new UncheckedIOException(whole + " cannot be written", e);
        }
    }

    /** The model's own, so that the two differ in nothing but where they start. */
    private static Path recipe(Path folder, StartingPoint start) {
        Path file = folder.resolve("recipe.yaml");
        try {
            Files.writeString(file, String.valueOf(start.bundle().manifest().recipe()));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
        return file;
    }

    /** One training, stopped at each of the times for a copy of its model. */
    private List<TransferReport.Model> train(
            KeptOptions kept, String name, String title, List<Integer> times, List<String> arguments) {
        Path folder = kept.folder();
        List<TransferReport.Model> models = new ArrayList<>();
        for (int time : times) {
            Path model = folder.resolve(name + "-" + time);
            if (!Files.exists(model)) {
                kept.aim(name, time, name.equals(NOTHING) ? "--minutes-from-nothing" : "--minutes");
                List<String> line = new ArrayList<>(arguments);
                line.add("--data=" + folder.resolve("small"));
                line.add("--out=" + folder.resolve(name));
                line.add("--minutes=" + time);
                // Looks at held-out captions would choose the model by what it is tested with.
                line.add("--check-every=0");
                LearningReports.execute(spec, TrainCommand.class, line.toArray(String[]::new));
                copy(folder.resolve(name).resolve("model"), model);
            }
            models.add(new TransferReport.Model(title, time, model));
        }
        return models;
    }

    /** Of a bundle, there as a whole or not at all. */
    private static void copy(Path bundle, Path target) {
        Path beside = target.resolveSibling(target.getFileName() + ".part");
        Folders.delete(beside);
        try (Stream<Path> files = Files.list(bundle)) {
            Files.createDirectories(beside);
            for (Path file : files.toList()) {
                Files.copy(file, beside.resolve(file.getFileName()));
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the model " + bundle + " cannot be copied to " + target, e);
        }
    }
}
