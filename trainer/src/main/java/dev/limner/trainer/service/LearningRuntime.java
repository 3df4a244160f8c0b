package dev.limner.trainer.service;

import ai.djl.Device;
import dev.limner.client.registry.ModelRegistry;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.trainer.canary.CanaryWatch;
import dev.limner.trainer.fault.KillPoint;
import dev.limner.trainer.fault.TrainerFaultPoints;
import dev.limner.trainer.feedback.SourceCheck;
import dev.limner.trainer.registry.TrainerLease;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.extractor.Contamination;
import dev.limner.training.evaluate.extractor.ExtractorDescription;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.feedback.DeadLetters;
import dev.limner.training.feedback.FeedbackImageCheck;
import dev.limner.training.feedback.FeedbackIntake;
import dev.limner.training.feedback.FeedbackRecord;
import dev.limner.training.feedback.StoredImages;
import dev.limner.training.finetune.FineTuningData;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.reward.RewardFeatures;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trainer's parts wired together. Owns native memory and the replay buffer; closed when nothing runs any more. */
final class LearningRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LearningRuntime.class);
    private static final int CAPTIONS = 100_000;

    private final TextEncoder encoder;
    private final FeatureExtractors extractors;
    private final ReplayBuffer replay;
    private final ModelRegistry registry;
    private final FeedbackIntake intake;
    private final SourceCheck source;
    private final CanaryWatch watch;
    private final RoundRunner rounds;
    private final TrainerLease lease;
    private final String model;

    /**
     * Loads what learning takes and announces the first model if there is none.
     *
     * @param letters where refused feedback goes
     * @param faults put into the trainer
     * @param errors hears of what ends the thread of the rounds
     * @throws RuntimeException if data, judges, model or brokers are missing, or this machine computes convolutions
     *     wrong; the message says which
     */
    LearningRuntime(TrainerConfig config, DeadLetters letters, TrainerFaultPoints faults, FatalErrors errors) {
        RoundSettings settings = RoundSettings.of(config);
        if (config.threads() < 0) {
            throw new IllegalArgumentException(
                    "limner.trainer.threads is " + config.threads() + ", must be at least 0");
        }
        TorchThreads.set(config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads());
        Device device = Device.cpu();
        Clock clock = Clock.systemUTC();
        Topics topics = new Topics(config.topicPrefix());
        Manifest first = ModelBundle.readManifest(config.model());
        // Before anything else is loaded: a machine that computes wrong is refused at once.
        ConvolutionSupport.on(device).require(first.generator().convolutions(ReferenceBatch.on(device)), true);
        this.model = first.name();
        String language = config.language()
                .orElseGet(() -> first.recipe() == null
                        ? "en"
                        : first.recipe().path("language").asText("en"));
        this.encoder = new CachingTextEncoder(
                PretrainedEncoder.of(first.requireTextEncoder()).load(config.cache(), 1), CAPTIONS);
        DataSet data = ShardFiles.read(
                config.data(),
                DataSettings.read(config.data()).side(),
                (entry, reason, detail) -> LOG.atWarn()
                        .addKeyValue("entry", entry)
                        .addKeyValue("reason", reason.text())
                        .log("an entry of the data set is left out"));
        Path eyes = config.judges().orElseGet(() -> FeatureExtractors.newest(config.data(), language));
        this.extractors = FeatureExtractors.read(eyes, device);
        requireJudgesOf(data, language, eyes);
        EvaluationPlan plan = EvaluationPlan.choosing(data, language, encoder, settings.heldOut(), settings.seed());
        StoredImages files = new StoredImages(config.store(), config.examples().orElse(List.of()));
        FineTuningData material = new FineTuningData(data, language, encoder, extractors, plan, files);
        this.replay = ReplayBuffer.open(
                config.state().resolve("replay.db"), config.replay().most());
        BundleStore store = new FileBundleStore(config.bundles());
        this.registry = new ModelRegistry(
                store,
                new ModelTopic(config.bootstrap(), topics.models(), "limner/trainer"),
                config.key().map(ReleaseKeys::readPrivate).orElse(null),
                clock,
                settings.holdout());
        registry.begin(model, registry.stage(config.model()));
        RewardFeatures rewardEyes = new RewardFeatures(extractors);
        FeedbackImageCheck check =
                new FeedbackImageCheck(files, model, new Released(store), rewardEyes::of, rewardEyes.side());
        int again = replay.seenThrough(
                extractors.identity(),
                extractors.description().version() == ExtractorDescription.OLDEST,
                check::features);
        if (again > 0) {
            LOG.atInfo()
                    .addKeyValue("judges", eyes)
                    .addKeyValue("images", again)
                    .log("the judges are others: the images of earlier feedback were looked at again");
        }
        this.intake = new FeedbackIntake(
                replay,
                check,
                letters,
                config.feedback().perRaterPerHour(),
                clock,
                () -> faults.reached(KillPoint.INTAKE_BEFORE_COMMIT));
        this.source = new SourceCheck(config.bootstrap(), topics.feedback(), replay, intake);
        this.watch = new CanaryWatch(registry, replay, model, config.canary().promoteAfter(), clock);
        // Last of what may fail: from here on a trainer that ran before this one tunes nothing any more.
        this.lease = new TrainerLease(config.bootstrap(), topics.models(), model, holder());
        this.rounds = new RoundRunner(
                settings, material, replay, registry, store, model, device, clock, faults, lease, errors);
    }

    private static String holder() {
        String process = "process " + ProcessHandle.current().pid();
        try {
            return process + " on " + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return process;
        }
    }

    /** Whether this trainer is the one that tunes and releases; asks the brokers. */
    boolean leads() {
        return lease.check();
    }

    private void requireJudgesOf(DataSet data, String language, Path folder) {
        extractors.misfit(data, language, encoder.id()).ifPresent(wrong -> {
            throw new IllegalArgumentException("limner.trainer.judges: those in " + folder + " " + wrong);
        });
        Contamination contamination = Contamination.of(extractors, data);
        if (!contamination.isClean()) {
            LOG.atWarn().addKeyValue("judges", folder).log("the judges are not impartial: {}", contamination.text());
        }
    }

    /** Whether a digest is one of the model's releases; asks the store again for one it does not know. */
    private final class Released implements Predicate<String> {
        private final BundleStore store;
        private final Set<String> known = new HashSet<>();

        Released(BundleStore store) {
            this.store = store;
        }

        @Override
        public synchronized boolean test(String digest) {
            if (!known.contains(digest)) {
                known.addAll(store.digests(model));
            }
            return known.contains(digest);
        }
    }

    void take(List<FeedbackRecord> records) {
        intake.take(records);
    }

    ReplayBuffer replay() {
        return replay;
    }

    ModelRegistry registry() {
        return registry;
    }

    SourceCheck source() {
        return source;
    }

    CanaryWatch watch() {
        return watch;
    }

    RoundRunner rounds() {
        return rounds;
    }

    String model() {
        return model;
    }

    @Override
    public void close() {
        rounds.close();
        source.close();
        lease.close();
        replay.close();
        extractors.close();
        encoder.close();
    }
}
