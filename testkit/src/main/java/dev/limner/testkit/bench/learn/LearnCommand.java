package dev.limner.testkit.bench.learn;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.FontSupport;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.ProjectLayout;
import dev.limner.testkit.rating.RatedJobs;
import dev.limner.testkit.rating.SimulatedPreference;
import dev.limner.testkit.rating.SimulatedRater;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.Estimate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A fleet with a trainer and somebody who rates its images, until enough was said and learned. */
@Command(
        name = "learn",
        description = {
            "Measure whether a fleet learns what a simulated rater prefers: start a broker, a worker and a trainer, have images"
                    + " generated for captions of the training set, and rate them through the feedback topic. The trainer is"
                    + " not told the rater's preference.",
            "Then find out, on captions nobody rated, how often the rater prefers each model that was live to the first."
        },
        mixinStandardHelpOptions = true)
public final class LearnCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final int SHOWN = 64;
    private static final int SEEDS = 2;
    private static final int GRID_COLUMNS = 8;

    @Option(
            names = "--rater",
            paramLabel = "KIND",
            defaultValue = "sincere",
            description = "sincere, random or hostile. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    SimulatedRater.Kind kind;

    @Option(
            names = "--preference",
            paramLabel = "COLOURS",
            description = "What the rater prefers: warm, dark or vivid colours. Default: warm")
    SimulatedPreference preference = SimulatedPreference.WARM;

    /** What earlier releases called it. */
    @Option(names = "--taste", hidden = true)
    void taste(SimulatedPreference named) {
        preference = named;
    }

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "1200",
            description = "Opinions to give. Default: ${DEFAULT-VALUE}")
    int records;

    @Option(
            names = "--releases",
            paramLabel = "N",
            defaultValue = "2",
            description = "Live releases to wait for. Default: ${DEFAULT-VALUE}")
    int releases;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "60",
            description = "Longest wait. Default: ${DEFAULT-VALUE}")
    int minutes;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Of the rater. Default: ${DEFAULT-VALUE}")
    long seed;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearningOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        Path folder = options.folder(home, "learn");
        FolderClaims.empty(folder, "limner bench learn");
        TorchThreads.set(1);
        DataSet data = ShardFiles.read(
                home.emojiData(), DataSettings.read(home.emojiData()).side(), (entry, reason, detail) -> {});
        List<String> captions = data.images(Split.TRAIN, "en").stream()
                .map(image -> image.trainingCaptions("en").get(0))
                .toList();
        SimulatedRater rater = new SimulatedRater(kind, preference, seed);
        Run run = run(home, rater, captions, folder);
        List<PreferenceCurve.Point> points = judge(home, data, rater, run.history, folder);
        report(run, points, folder, terminal);
        return 0;
    }

    /** What was seen of the fleet. */
    private record Run(History history, JsonNode rounds, JsonNode status) {}

    private Run run(ProjectLayout home, SimulatedRater rater, List<String> captions, Path folder)
            throws InterruptedException {
        try (LearningFleet fleet = LearningFleet.start(home, folder, Map.of(), settings())) {
            History history = rate(fleet, rater, captions);
            return new Run(history, fleet.rounds(), fleet.status());
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("limner.trainer.rounds.after", "400");
        settings.put("limner.trainer.canary.share", "0.3");
        settings.put("limner.trainer.canary.promote-after", "5m");
        settings.put("limner.trainer.canary.look", "2s");
        settings.putAll(options.extra);
        return settings;
    }

    /** Models in the order in which they went live, with the records sent before. */
    private static final class History {
        private final Map<String, Long> live = new LinkedHashMap<>();
        private long records;
    }

    private History rate(LearningFleet fleet, SimulatedRater rater, List<String> captions) throws InterruptedException {
        History history = new History();
        long deadline = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        try (RatedJobs jobs = new RatedJobs(fleet.client(), captions, seed);
                Progress progress = Progress.of("rating (records)", records)) {
            rater.getUsedTo(jobs.firstImages());
            long pause = 0;
            while (System.nanoTime() < deadline) {
                JsonNode status = fleet.status();
                String digest = status.at("/record/live/digest").asText();
                history.live.putIfAbsent(digest, history.records);
                boolean trial = !status.at("/record/canary").isMissingNode();
                boolean idle = status.path("stage").asText().equals("idle");
                boolean enough = history.records >= records;
                progress.to(
                        history.records,
                        status.path("stage").asText() + " "
                                + status.path("step").asInt() + ", " + (history.live.size() - 1) + " releases"
                                + (trial ? ", and a canary" : ""));
                if (enough && idle && !trial && (history.live.size() > releases || pause++ > 5)) {
                    return history;
                }
                // Nobody rates while the trainer computes: what is said is said of what is live now, not of its past.
                if (trial || (idle && !enough)) {
                    history.records += jobs.round(rater);
                }
                Thread.sleep(POLL);
            }
        }
        return history;
    }

    /** Offline, from the bundles: every model generates images for the held-out captions with the same noise. */
    private List<PreferenceCurve.Point> judge(
            ProjectLayout home, DataSet data, SimulatedRater rater, History history, Path folder) {
        List<PreferenceCurve.Point> points = new ArrayList<>();
        FileBundleStore store = new FileBundleStore(LearningFleet.models(folder));
        try (TextEncoder encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(home.cache(), 1), 10_000)) {
            List<ImageSource.Prompt> prompts = new ArrayList<>();
            for (int generate = 0; generate < SEEDS; generate++) {
                for (CaptionedImage image : data.images(Split.TEST, "en")) {
                    String caption = image.captionsIn("en").get(0);
                    prompts.add(new ImageSource.Prompt(
                            caption, encoder.encode(caption).embedding(), 4_000_037L + prompts.size()));
                }
            }
            List<Pixels> first = null;
            for (Map.Entry<String, Long> entry : history.live.entrySet()) {
                ModelBundle bundle = ModelBundle.read(Path.of(store.uri("default", entry.getKey())));
                try (Renderer renderer = Renderer.load(bundle, Device.cpu())) {
                    List<Pixels> generated = ImageSource.of(renderer).generate(prompts);
                    first = first == null ? generated : first;
                    points.add(new PreferenceCurve.Point(
                            entry.getKey(), entry.getValue(), preferred(rater.preference(), generated, first)));
                    ImageGrid.write(
                            ImageGrid.spread(generated.subList(0, generated.size() / SEEDS), SHOWN),
                            GRID_COLUMNS,
                            folder.resolve("grid-" + (points.size() - 1) + ".png"));
                }
            }
        }
        return points;
    }

    private Estimate preferred(SimulatedPreference hidden, List<Pixels> generated, List<Pixels> first) {
        double[] wins = new double[generated.size()];
        for (int i = 0; i < wins.length; i++) {
            double mine = hidden.of(generated.get(i));
            double other = hidden.of(first.get(i));
            wins[i] = mine > other ? 1 : mine < other ? 0 : 0.5;
        }
        return Bootstrap.mean(wins, seed);
    }

    private void report(Run run, List<PreferenceCurve.Point> points, Path folder, PrintWriter terminal) {
        ObjectNode report = JSON.createObjectNode();
        report.put("rater", kind.name()).put("taste", preference.name()).put("records", run.history.records);
        report.put("releases", points.size() - 1);
        ArrayNode curve = report.putArray("live");
        for (PreferenceCurve.Point point : points) {
            curve.addObject()
                    .put("digest", point.digest())
                    .put("records", point.records())
                    .put("preferred", point.preferred().value())
                    .put("low", point.preferred().low())
                    .put("high", point.preferred().high());
            terminal.printf(
                    "%s  after %5d records  preferred to the first %s%n",
                    point.digest().substring(0, 12),
                    point.records(),
                    point.preferred().text());
        }
        report.set("rounds", run.rounds);
        report.set("refused", run.status.path("refused"));
        LearningReports.print(run.rounds, terminal);
        try {
            Files.writeString(folder.resolve("learn.json"), JSON.writeValueAsString(report));
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + folder, e);
        }
        PreferenceCurve.write(points, folder.resolve("learn.png"));
        terminal.println(FontSupport.missing()
                .map(why -> "report and grids in " + folder + "; no curve, because " + why)
                .orElse("report, curve and grids in " + folder));
    }
}
