package dev.limner.training.finetune;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.Renderer;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.gate.ErrorBudget;
import dev.limner.training.gate.GatePage;
import dev.limner.training.gate.GateVerdict;
import dev.limner.training.gate.PairwiseComparison;
import dev.limner.training.gate.QualityGate;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.RoundRecord;
import dev.limner.training.step.GanTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The end of a round: how far to go, whether it is better, and the candidate's bundle with the report. One thread. */
record CandidateEvaluation(
        FineTuningData material,
        ComparisonSet fairGround,
        FineTuning tuning,
        Device device,
        Path folder,
        RoundListener listener) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Judges a tuned copy of a model.
     *
     * @param contests what it should be better at
     * @param budget how often that may be said wrongly
     * @param learnsExamples whether it was shown images
     * @param findings of the round before this, for people
     * @param entries what was learned from
     */
    FineTuningRound.Outcome of(
            RoundRecord round,
            Lineage line,
            GanTrainer training,
            List<PairwiseComparison> contests,
            ErrorBudget budget,
            boolean learnsExamples,
            List<String> findings,
            List<FeedbackEntry> entries) {
        ModelBundle parent = line.parent();
        listener.at("stride");
        WeightInterpolation.Taken taken = new WeightInterpolation(
                        material, parent.generator(), device, round.seed(), learnsExamples)
                .from(line, training.averaged());
        listener.at("gate");
        try (Renderer before = Renderer.load(parent, device);
                Renderer after = Renderer.of(parent.generator(), taken.weights(), device)) {
            GateVerdict verdict = verdict(line, after, before, contests, budget);
            ObjectNode trainedOn = JSON.createObjectNode();
            trainedOn.put("data", material.data().name());
            trainedOn.put("dataDigest", material.data().digest());
            trainedOn.put("judges", material.extractors().identity());
            trainedOn.set("tuning", JSON.valueToTree(tuning));
            trainedOn.put("seed", round.seed());
            trainedOn.put("stride", taken.share());
            // Captions of the feedback that the gate asks for are not generated: which ones is part of what was done.
            trainedOn.put("heldOut", material.plan().heldOut().size());
            trainedOn.put("heldOutSeed", material.plan().seed());
            trainedOn.set("feedback", RoundFile.ranges(entries));
            Manifest manifest = write(
                    parent,
                    trainedOn,
                    verdict,
                    taken.weights(),
                    training.discriminator(),
                    ProbeImages.generate(after, ExecutionProfile.of(device)));
            List<String> notes = new ArrayList<>(findings);
            notes.add(taken.note());
            GatePage.write(
                    String.format(
                            Locale.ROOT,
                            "Round %d: %s from %s",
                            round.id(),
                            manifest.name(),
                            parent.manifest().digest().substring(0, 12)),
                    notes,
                    verdict,
                    fairGround.sides(before, after),
                    folder.resolve("gate.html"));
            return switch (verdict) {
                case GateVerdict.Pass pass -> {
                    pass.report()
                            .contests()
                            .forEach((name, won) -> notes.add("gate passed, " + name + " " + won.text()));
                    yield new FineTuningRound.Outcome.Passed(manifest, notes);
                }
                case GateVerdict.Fail fail -> {
                    notes.addAll(fail.reasons());
                    yield new FineTuningRound.Outcome.Rejected(manifest, notes);
                }
            };
        }
    }

    private GateVerdict verdict(
            Lineage line, Renderer after, Renderer before, List<PairwiseComparison> contests, ErrorBudget budget) {
        QualityGate gate = new QualityGate(material.plan(), material.extractors());
        if (!line.isTuned()) {
            return gate.judge(ImageSource.of(after), ImageSource.of(before), Optional.empty(), contests, budget);
        }
        try (Renderer first = Renderer.load(line.first(), device)) {
            return gate.judge(
                    ImageSource.of(after),
                    ImageSource.of(before),
                    Optional.of(ImageSource.of(first)),
                    contests,
                    budget);
        }
    }

    private Manifest write(
            ModelBundle parent,
            ObjectNode trainedOn,
            GateVerdict verdict,
            Map<String, Safetensors.Tensor> weights,
            Map<String, Safetensors.Tensor> discriminator,
            ProbeSheet probes) {
        return ModelBundle.write(
                FineTuningRound.candidate(folder),
                new ModelBundle.Description(
                        parent.manifest().name(),
                        parent.manifest().generator(),
                        parent.manifest().textEncoder(),
                        parent.manifest().recipe() instanceof ObjectNode recipe ? recipe : null,
                        trainedOn,
                        Objects.requireNonNullElse(parent.manifest().data(), List.of()),
                        new ModelBundle.Lineage(
                                parent.manifest().digest(),
                                parent.manifest().order() + 1,
                                verdict.report().toJson())),
                new ModelBundle.Content(weights, discriminator, probes));
    }
}
