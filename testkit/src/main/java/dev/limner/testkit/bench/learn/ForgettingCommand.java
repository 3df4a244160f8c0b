package dev.limner.testkit.bench.learn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.cli.learn.JudgesCommand;
import dev.limner.cli.learn.TrainCommand;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.device.TorchThreads;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Feedback;
import dev.limner.testkit.rating.RatedJobs;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Something new from examples, and what becomes of the old. */
@Command(
        name = "forgetting",
        description = {
            "Measure whether a fleet learns a new kind of image without forgetting others: train a model on the emoji without"
                    + " one kind of them, show the trainer of a running fleet images of that kind as examples, and have it"
                    + " tune round after round.",
            "Then find out how well each model that was live generates the kind, shown and unseen, and everything else. The training"
                    + " continues where a killed one stopped."
        },
        mixinStandardHelpOptions = true)
public final class ForgettingCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long SEED = 11;

    @Option(
            names = "--left-out",
            defaultValue = "flag:",
            paramLabel = "TEXT",
            description = "What the plainest captions of the kind start with. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String kind;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "40",
            description = "Training of the model without them. Default: ${DEFAULT-VALUE}")
    int minutes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Fine-tuning rounds. Default: ${DEFAULT-VALUE}")
    int rounds;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearningOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        ProjectLayout home = ProjectLayout.find();
        Path folder = options.folder(home, "forgetting");
        FolderClaims.keep(folder, "limner bench forgetting");
        DataSet all = ShardFiles.read(
                home.emojiData(), DataSettings.read(home.emojiData()).side(), (entry, reason, detail) -> {});
        HeldOutClass parts = HeldOutClass.of(all, kind);
        if (parts.shown().isEmpty() || parts.unseen().isEmpty()) {
            throw new UsageException(
                    "--left-out '" + kind + "' is what " + parts.shown().size() + " captions to learn and "
                            + parts.unseen().size() + " held out start with, needs some of both");
        }
        KeptOptions kept = new KeptOptions(folder);
        kept.require(Map.of("--left-out", kind, "the sample data", all.digest()), List.of("data", "base"));
        kept.aim("base", minutes, "--minutes");
        Path data = folder.resolve("data");
        parts.writeRest(data);
        train(home, folder, data);
        Path fleet = folder.resolve("fleet");
        FolderClaims.empty(fleet, "limner bench forgetting");
        Run run = show(home, parts, folder, fleet);
        TorchThreads.set(Runtime.getRuntime().availableProcessors());
        new ForgettingReport(home, parts, kind, folder, spec.commandLine().getOut())
                .write(run.live, run.rounds, LearningFleet.models(fleet));
        return 0;
    }

    private void train(ProjectLayout home, Path folder, Path data) {
        if (!FeatureExtractors.in(judgesOf(data))) {
            LearningReports.execute(spec, JudgesCommand.class, "--data=" + data);
        }
        LearningReports.execute(
                spec,
                TrainCommand.class,
                "--recipe=" + home.root().resolve("recipes/limner-64.yaml"),
                "--data=" + data,
                "--out=" + folder.resolve("base"),
                "--minutes=" + minutes);
    }

    static Path judgesOf(Path data) {
        return FeatureExtractors.beside(data, HeldOutClass.LANGUAGE);
    }

    /** What was live, in order, and what the trainer says of its rounds. */
    private record Run(Set<String> live, JsonNode rounds) {}

    private Run show(ProjectLayout home, HeldOutClass parts, Path folder, Path fleetFolder)
            throws InterruptedException {
        Path examples = folder.resolve("examples");
        Path model = folder.resolve("base/model");
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("limner.trainer.model", model.toString());
        settings.put("limner.trainer.data", folder.resolve("data").toString());
        settings.put("limner.trainer.examples", examples.toString());
        settings.put("limner.trainer.rounds.after", "0");
        settings.put("limner.trainer.canary.share", "0");
        settings.putAll(options.extra);
        Set<String> live = new LinkedHashSet<>();
        try (LearningFleet fleet = LearningFleet.start(
                        home, fleetFolder, Map.of("limner.worker.model", model.toString()), settings);
                RatedJobs jobs = new RatedJobs(fleet.client(), List.of(), SEED)) {
            live.add(fleet.status().at("/record/live/digest").asText());
            List<Feedback> feedback = new ArrayList<>();
            for (CaptionedImage image : parts.shown()) {
                String caption = CaptionRecognition.plainest(image);
                RatedJobs.Published generated = jobs.generate(List.of(caption)).get(0);
                URI example = HeldOutClass.write(examples, image);
                feedback.add(new Feedback(
                        "example-" + image.key(),
                        generated.name(),
                        null,
                        List.of(),
                        null,
                        example.toString(),
                        "curator",
                        Instant.now()));
            }
            jobs.send(feedback);
            while (fleet.status().path("entries").asLong() < feedback.size()) {
                Thread.sleep(POLL);
            }
            try (Progress progress = Progress.of("learning from examples (rounds)", rounds)) {
                for (int round = 1; round <= rounds; round++) {
                    follow(fleet, fleet.tune().path("id").asLong(), progress);
                    live.add(fleet.status().at("/record/live/digest").asText());
                }
            }
            return new Run(live, fleet.rounds());
        }
    }

    private static void follow(LearningFleet fleet, long id, Progress progress) throws InterruptedException {
        while (true) {
            for (JsonNode round : fleet.rounds()) {
                if (round.path("id").asLong() == id
                        && !round.path("state").asText().equals("RUNNING")) {
                    progress.to(id, round.path("state").asText());
                    return;
                }
            }
            JsonNode status = fleet.status();
            progress.to(
                    id - 1,
                    status.path("stage").asText() + " " + status.path("step").asInt());
            Thread.sleep(POLL);
        }
    }
}
