package dev.limner.training.finetune;

import ai.djl.Device;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.gate.ErrorBudget;
import dev.limner.training.gate.PairwiseComparison;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.RoundRecord;
import dev.limner.training.reward.RewardEnsemble;
import dev.limner.training.reward.RewardFeatures;
import dev.limner.training.reward.RewardTerm;
import dev.limner.training.step.GanTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One go at making a model better: what is liked, a tuned copy, the gate. Everything it makes lies in a folder of its own;
 * what it starts from is a copy of the feedback taken when it began, so that one that was killed comes to the same end.
 * One thread.
 */
public final class FineTuningRound {
    private static final int FEWEST_EXAMPLES = 16;

    private final FineTuningData material;
    private final ComparisonSet fairGround;
    private final FineTuning tuning;
    private final Device device;
    private final DutyCycle duty;
    private final Path folder;
    private final RoundListener listener;

    /**
     * @param tuning how much and how
     * @param duty how much of the time it may work
     * @param folder of this round alone
     */
    public FineTuningRound(
            FineTuningData material,
            FineTuning tuning,
            Device device,
            DutyCycle duty,
            Path folder,
            RoundListener listener) {
        this.material = material;
        this.fairGround = new ComparisonSet(material);
        this.tuning = tuning;
        this.device = device;
        this.duty = duty;
        this.folder = folder;
        this.listener = listener;
    }

    /** How a round ended. */
    public sealed interface Outcome {
        /** For people. */
        List<String> notes();

        /** Nothing was tuned. */
        record Blocked(List<String> notes) implements Outcome {}

        /** The gate let the candidate pass; the bundle is in the round's folder. */
        record Passed(Manifest candidate, List<String> notes) implements Outcome {}

        /** It did not. */
        record Rejected(Manifest candidate, List<String> notes) implements Outcome {}
    }

    /** Where a round's candidate lies. */
    public static Path candidate(Path folder) {
        return folder.resolve("candidate");
    }

    /** What the rewards found: that of the tuner and that of the gate. */
    private record Likes(Optional<RewardEnsemble> fineTuner, Optional<RewardEnsemble> gate, List<String> notes)
            implements AutoCloseable {
        @Override
        public void close() {
            fineTuner.ifPresent(RewardEnsemble::close);
            gate.ifPresent(RewardEnsemble::close);
        }
    }

    /**
     * Runs on the calling thread, or continues where an earlier run of the same round was killed.
     *
     * @param line what to tune, and what it goes back to
     * @param replay copied when the round runs first; what comes in later is not seen
     */
    public Outcome run(RoundRecord round, Lineage line, ReplayBuffer replay) {
        Optional<Outcome> known = RoundFile.read(folder);
        if (known.isPresent()) {
            return known.get();
        }
        Path copy = folder.resolve("replay.db");
        if (!Files.exists(copy)) {
            Path making = folder.resolve("replay.making");
            replay.copyTo(making);
            RoundFile.rename(making, copy);
        }
        List<FeedbackEntry> entries;
        boolean others;
        try (ReplayBuffer mine = ReplayBuffer.open(copy, Integer.MAX_VALUE)) {
            entries = mine.upTo(round.upTo());
            others = mine.judges()
                    .filter(judges -> !judges.equals(material.extractors().identity()))
                    .isPresent();
        }
        Outcome outcome = others
                ? new Outcome.Blocked(
                        List.of("The judges are others than when the round began: the next one starts anew"))
                : run(round, line, entries, line.budget(replay.rounds().judgedBefore(round)));
        RoundFile.write(folder, outcome);
        return outcome;
    }

    private Outcome run(RoundRecord round, Lineage line, List<FeedbackEntry> entries, ErrorBudget budget) {
        ModelBundle parent = line.parent();
        List<CaptionedImage> examples = material.examples(entries);
        List<CaptionedImage> shown = of(RewardEnsemble.From.TUNER, examples);
        List<CaptionedImage> kept = of(RewardEnsemble.From.GATE, examples);
        boolean learnsExamples = shown.size() >= FEWEST_EXAMPLES && !kept.isEmpty();
        listener.at("reward");
        try (Likes likes = likes(entries, round.seed())) {
            List<String> findings = new ArrayList<>(likes.notes());
            noteOnExamples(entries, shown, kept).ifPresent(findings::add);
            boolean follows = likes.fineTuner().isPresent() && likes.gate().isPresent();
            if (!follows && !learnsExamples) {
                return new Outcome.Blocked(findings);
            }
            Optional<GeneratorTerm> term = follows
                    ? likes.fineTuner().map(reward -> term(reward, entries, parent, round.seed()))
                    : Optional.empty();
            listener.at("tuning");
            FineTuner fineTuner =
                    new FineTuner(material, tuning.forExamples(learnsExamples ? shown.size() : 0), device, duty);
            try (GanTrainer training = fineTuner.tune(
                    parent,
                    round.seed(),
                    term,
                    learnsExamples ? shown : List.of(),
                    folder.resolve("checkpoint"),
                    listener::stepped)) {
                List<PairwiseComparison> contests = new ArrayList<>();
                if (follows) {
                    likes.gate().ifPresent(reward -> contests.add(fairGround.liked(reward)));
                }
                if (learnsExamples) {
                    contests.add(fairGround.shown(kept));
                }
                return new CandidateEvaluation(material, fairGround, tuning, device, folder, listener)
                        .of(round, line, training, contests, budget, learnsExamples, findings, entries);
            }
        }
    }

    /** Who shows images hears what became of them. */
    private static Optional<String> noteOnExamples(
            List<FeedbackEntry> entries, List<CaptionedImage> shown, List<CaptionedImage> kept) {
        long named = entries.stream()
                .filter(entry -> entry.feedback().example() != null)
                .count();
        return named == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "Examples: %d to learn from, it takes %d; %d kept for the gate, it takes 1; %d no longer readable",
                        shown.size(),
                        FEWEST_EXAMPLES,
                        kept.size(),
                        named - shown.size() - kept.size()));
    }

    private List<CaptionedImage> of(RewardEnsemble.From whom, List<CaptionedImage> examples) {
        return examples.stream()
                .filter(example -> RewardEnsemble.From.of(
                                example.captionsIn(material.language()).get(0))
                        == whom)
                .toList();
    }

    private Likes likes(List<FeedbackEntry> entries, long seed) {
        RewardFeatures eyes = new RewardFeatures(material.extractors());
        List<String> notes = new ArrayList<>();
        RewardEnsemble.Learned fineTuner =
                RewardEnsemble.learn(entries, RewardEnsemble.From.TUNER, eyes, material.encoder(), device, seed);
        notes.add("Reward for fine-tuning: " + text(fineTuner.finding()));
        RewardEnsemble.Learned gate = fineTuner.reward().isEmpty()
                ? new RewardEnsemble.Learned(Optional.empty(), fineTuner.finding())
                : RewardEnsemble.learn(entries, RewardEnsemble.From.GATE, eyes, material.encoder(), device, seed + 1);
        if (fineTuner.reward().isPresent()) {
            notes.add("Reward for the gate, from other captions: " + text(gate.finding()));
        }
        return new Likes(fineTuner.reward(), gate.reward(), notes);
    }

    private static String text(RewardEnsemble.Finding finding) {
        if (finding.blocked() != null) {
            return finding.blocked();
        }
        return finding.opinions() + " opinions of " + finding.raters()
                + " raters; right on later ones, chance is 0.5: "
                + (finding.agreement() == null ? "unknown" : finding.agreement().text());
    }

    /** The captions of the feedback, without those that the gate asks for. */
    private GeneratorTerm term(RewardEnsemble reward, List<FeedbackEntry> entries, ModelBundle parent, long seed) {
        Set<String> asked = new HashSet<>();
        material.plan().heldOut().forEach(subject -> asked.add(subject.caption()));
        List<float[]> captions = entries.stream()
                .map(entry -> entry.image().caption())
                .filter(caption ->
                        RewardEnsemble.From.of(caption) == RewardEnsemble.From.TUNER && !asked.contains(caption))
                .distinct()
                .map(caption -> material.encoder().encode(caption).embedding())
                .toList();
        double noise = parent.manifest().recipe() == null
                ? 0
                : parent.manifest().recipe().path("text").path("noise").asDouble();
        return new RewardTerm(reward, captions, tuning, noise, seed);
    }
}
