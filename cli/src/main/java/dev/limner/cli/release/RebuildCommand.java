package dev.limner.cli.release;

import ai.djl.Device;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.cli.ClusterOptions;
import dev.limner.cli.learn.JudgesOptions;
import dev.limner.cli.learn.LearnOptions;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.client.FleetRecord;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.launcher.Folders;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.feedback.FeedbackImageCheck;
import dev.limner.training.feedback.FeedbackIntake;
import dev.limner.training.feedback.FeedbackRecord;
import dev.limner.training.feedback.StoredImages;
import dev.limner.training.finetune.DutyCycle;
import dev.limner.training.finetune.FineTuningData;
import dev.limner.training.finetune.FineTuningRound;
import dev.limner.training.finetune.Lineage;
import dev.limner.training.finetune.RoundListener;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.RoundRecord;
import dev.limner.training.reward.RewardFeatures;
import dev.limner.training.step.StepReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tunes a released model again from what its manifest records, and compares. */
@Command(
        name = "rebuild",
        description = {
            "Fine-tune a released model again from what its manifest records: parent, data, feedback records, seed. On the same"
                    + " execution profile the weights come out the same to the byte; elsewhere the largest difference is"
                    + " printed."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:the same to the byte", "1:something failed, or the weights differ", "2:misuse"})
final class RebuildCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(paramLabel = "DIGEST", description = "The model's digest, or its beginning.")
    @SuppressWarnings("NullAway.Init")
    String digest;

    @Option(names = "--store", paramLabel = "DIR", description = "Folder of the images. Default: .limner/store")
    @Nullable
    Path store;

    @Option(names = "--examples", paramLabel = "DIR", description = "Folders that examples may be read from.")
    List<Path> examples = new ArrayList<>();

    @Option(
            names = "--per-rater-per-hour",
            paramLabel = "N",
            defaultValue = "500",
            description = "As the trainer had it. Default: ${DEFAULT-VALUE}")
    long perRaterPerHour;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to keep what is made. Default: a temporary folder")
    @Nullable
    Path out;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    BundleOptions bundles;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    LearnOptions options;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    JudgesOptions judges;

    /** Of other commands; accepted because earlier releases listed them here. */
    @Option(
            names = {"--key", "--grid-captions"},
            hidden = true)
    @Nullable
    List<String> unused;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        ModelBundle released = ModelBundle.read(bundles.folder(bundles.digest(digest)));
        Manifest manifest = released.manifest();
        JsonNode trainedOn = manifest.trainedOn();
        if (manifest.parent() == null || trainedOn == null || !trainedOn.has("feedback")) {
            throw new UsageException(digest + " was not tuned by feedback: limner train makes it");
        }
        Lineage line = Lineage.of(bundles.store(), bundles.name, manifest.parent());
        Device device = options.device();
        DataSet data = options.read(manifest.output().side());
        if (!data.digest().equals(trainedOn.path("dataDigest").asText())) {
            throw new UsageException("the data set is " + data.digest() + ", the model was tuned on "
                    + trainedOn.path("dataDigest").asText());
        }
        JsonNode recipe = line.parent().manifest().recipe();
        String language = recipe == null ? "en" : recipe.path("language").asText("en");
        Path folder = out == null ? Folders.temporary("limner-rebuild") : out;
        try (TextEncoder encoder = options.encoder(home, manifest.requireTextEncoder());
                FeatureExtractors extractors = judges.open(options, home, data, language, encoder, device);
                ReplayBuffer replay = ReplayBuffer.open(folder.resolve("replay.db"), Integer.MAX_VALUE)) {
            requireJudges(extractors, trainedOn.path("judges").asText());
            StoredImages files = new StoredImages(store == null ? home.state().resolve("store") : store, examples);
            RewardFeatures eyes = new RewardFeatures(extractors);
            FeedbackImageCheck check = new FeedbackImageCheck(
                    files, bundles.name, bundles.store().digests(bundles.name)::contains, eyes::of, eyes.side());
            read(
                    trainedOn.path("feedback"),
                    new FeedbackIntake(
                            replay, check, (record, error) -> {}, perRaterPerHour, InstantSource.system(), () -> {}));
            terminal.println(replay.countAfter(0) + " feedback records");
            EvaluationPlan plan = EvaluationPlan.choosing(
                    data,
                    language,
                    encoder,
                    trainedOn.path("heldOut").asInt(),
                    trainedOn.path("heldOutSeed").asLong());
            FineTuningData material = new FineTuningData(data, language, encoder, extractors, plan, files);
            FineTuning tuning = JSON.treeToValue(trainedOn.path("tuning"), FineTuning.class);
            RoundRecord round = new RoundRecord(
                    1,
                    RoundRecord.State.RUNNING,
                    "rebuild",
                    manifest.parent(),
                    Long.MAX_VALUE,
                    trainedOn.path("seed").asLong(),
                    Instant.EPOCH,
                    null,
                    null,
                    List.of());
            try (Progress progress = Progress.of("tuning (steps)", tuning.steps())) {
                FineTuningRound.Outcome outcome = new FineTuningRound(
                                material, tuning, device, new DutyCycle(1), folder, new Shown(progress))
                        .run(round, line, replay);
                if (outcome instanceof FineTuningRound.Outcome.Blocked blocked) {
                    blocked.notes().forEach(terminal::println);
                    return 1;
                }
            }
            return compare(released, ModelBundle.read(FineTuningRound.candidate(folder)), terminal);
        }
    }

    /** A reward learned through other judges is another one. */
    private static void requireJudges(FeatureExtractors judges, String wanted) {
        boolean same = wanted.isEmpty()
                ? judges.description().version() == ExtractorDescription.OLDEST
                : wanted.equals(judges.identity());
        if (!same) {
            throw new UsageException("the model was tuned with judges "
                    + (wanted.isEmpty() ? "of version " + ExtractorDescription.OLDEST : wanted) + ", these are version "
                    + judges.description().version() + " " + judges.identity() + ": --judges names their folder");
        }
    }

    private record Shown(Progress progress) implements RoundListener {
        @Override
        public void at(String stage) {
            progress.to(0, stage);
        }

        @Override
        public void stepped(StepReport report, int of) {
            progress.total(of);
            progress.to(report.step() + 1, "tuning");
        }
    }

    /** Everything before the ends of the recorded ranges, as the trainer read it. */
    private void read(JsonNode ranges, FeedbackIntake intake) {
        Map<String, Long> ends = new HashMap<>();
        ranges.forEach(range ->
                ends.put(range.path("partition").asText(), range.path("to").asLong()));
        FleetClient client = new FleetClient(cluster.bootstrap(), cluster.topics());
        List<FeedbackRecord> records = new ArrayList<>();
        try (FleetClient.Reader reader = client.reader(List.of(cluster.topics().feedback()))) {
            reader.forEachUntilNow(record -> {
                if (record.offset() < ends.getOrDefault(record.topic() + "-" + record.partition(), 0L)) {
                    records.add(record(record));
                }
            });
        }
        records.sort(Comparator.comparing(FeedbackRecord::at)
                .thenComparingInt(record -> record.origin().partition())
                .thenComparingLong(record -> record.origin().offset()));
        intake.take(records);
    }

    // The constructor takes null for both arrays, which NullAway cannot read from a class file.
    @SuppressWarnings("NullAway")
    private static FeedbackRecord record(FleetRecord record) {
        return new FeedbackRecord(
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                record.key(),
                record.value(),
                List.of(),
                Instant.ofEpochMilli(record.timestamp()),
                // What was over the limit then is over it by the records' own times: the trainer's clock is not known.
                FeedbackRecord.Clock.BROKER);
    }

    private static int compare(ModelBundle released, ModelBundle rebuilt, PrintWriter terminal) {
        boolean same = released.manifest()
                .weights()
                .sha256()
                .equals(rebuilt.manifest().weights().sha256());
        double most = 0;
        for (Map.Entry<String, Safetensors.Tensor> entry : released.weights().entrySet()) {
            Safetensors.Tensor other = rebuilt.weights().get(entry.getKey());
            float[] mine = entry.getValue().toArray();
            float[] theirs = other == null ? new float[mine.length] : other.toArray();
            for (int i = 0; i < mine.length; i++) {
                most = Math.max(most, Math.abs(mine[i] - theirs[i]));
            }
        }
        terminal.println(
                same ? "the weights are the same to the byte" : "the largest difference of a weight is " + most);
        return same ? 0 : 1;
    }
}
