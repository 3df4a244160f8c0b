package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.ClusteredMean;
import dev.limner.training.evaluate.metric.CodeCorrelation;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Whether images follow when one thing is asked for differently: a colour's word, a label, a number. */
record Controllability(EvaluationPlan plan, FeatureExtractors extractors, ModelInputs inputs) {
    private static final int FEWEST = 10;
    private static final int MOST_LABELLED = 100;
    private static final int MOST_CODED = 32;
    /** Values of a number for each caption. */
    private static final int VALUES = 6;

    private static final long SEED_OF_HUES = 15_485_863;
    private static final long SEED_OF_LABELS = 15_485_867;
    private static final long SEED_OF_CODES = 15_485_917;

    /** Why there is no figure, or nothing. */
    Map<Metric, String> unavailable() {
        Map<Metric, String> reasons = new EnumMap<>(Metric.class);
        if (!inputs.readsCaption()) {
            reasons.put(Metric.CONTROL_HUE, "the model reads no caption");
        } else if (plan.recoloured().size() < FEWEST) {
            reasons.put(
                    Metric.CONTROL_HUE,
                    plan.recoloured().size() + " captions whose colour can be exchanged, it takes " + FEWEST);
        }
        if (!inputs.readsLabel()) {
            reasons.put(Metric.CONTROL_LABEL, "the model reads no label");
        } else if (classes().size() < 2) {
            reasons.put(Metric.CONTROL_LABEL, "the judges know fewer than two of the model's labels");
        }
        if (ranges().isEmpty()) {
            reasons.put(Metric.CONTROL_CODE, "the model has no number that a job may set");
        }
        return reasons;
    }

    /** The figures of those that there are. */
    Map<Metric, Estimate> of(ImageSource source) {
        Map<Metric, Estimate> figures = new EnumMap<>(Metric.class);
        Map<Metric, String> unavailable = unavailable();
        if (!unavailable.containsKey(Metric.CONTROL_HUE)) {
            figures.put(Metric.CONTROL_HUE, hue(source));
        }
        if (!unavailable.containsKey(Metric.CONTROL_LABEL)) {
            figures.put(Metric.CONTROL_LABEL, label(source));
        }
        if (!unavailable.containsKey(Metric.CONTROL_CODE)) {
            figures.put(Metric.CONTROL_CODE, code(source));
        }
        return figures;
    }

    private Estimate hue(ImageSource source) {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (EvaluationPlan.Recoloured one : plan.recoloured()) {
            EvaluationPlan.Subject subject = one.subject();
            for (int draw = 0; draw < EvaluationPlan.COLOUR_DRAWS; draw++) {
                prompts.add(new ImageSource.Prompt(
                        subject.caption(),
                        subject.embedding(),
                        plan.seed() * SEED_OF_HUES + prompts.size(),
                        subject.image().label(),
                        null));
            }
        }
        List<Pixels> images = source.generate(prompts);
        double[] right = IntStream.range(0, plan.recoloured().size())
                .mapToDouble(i ->
                        images.subList(i * EvaluationPlan.COLOUR_DRAWS, (i + 1) * EvaluationPlan.COLOUR_DRAWS).stream()
                                .mapToDouble(image ->
                                        plan.recoloured().get(i).colour().dominates(image) ? 1 : 0)
                                .average()
                                .orElse(0))
                .toArray();
        return ClusteredMean.of(
                        right,
                        EvaluationPlan.units(plan.recoloured().stream()
                                .map(EvaluationPlan.Recoloured::subject)
                                .toList()))
                .share(right.length, images.size());
    }

    /** Labels that both the model and the judges know. */
    private List<String> classes() {
        return inputs.labels().stream()
                .filter(extractors.description().labels()::contains)
                .toList();
    }

    private Estimate label(ImageSource source) {
        List<String> classes = classes();
        List<EvaluationPlan.Subject> subjects = plan.heldOut().stream()
                .filter(subject -> classes.contains(subject.image().label()))
                .limit(MOST_LABELLED)
                .toList();
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            int own = classes.indexOf(subject.image().label());
            String other = classes.get((own + 1 + i % (classes.size() - 1)) % classes.size());
            prompts.add(new ImageSource.Prompt(
                    subject.caption(), subject.embedding(), plan.seed() * SEED_OF_LABELS + i, other, null));
            asked.add(extractors.description().labels().indexOf(other));
        }
        int[] seen = extractors.classify(source.generate(prompts));
        double[] right = IntStream.range(0, seen.length)
                .mapToDouble(i -> seen[i] == asked.get(i) ? 1 : 0)
                .toArray();
        return ClusteredMean.of(right, EvaluationPlan.units(subjects)).share(right.length, right.length);
    }

    private List<Integer> ranges() {
        return IntStream.range(0, inputs.controls().size())
                .filter(i -> inputs.controls().get(i) instanceof Control.Range)
                .boxed()
                .toList();
    }

    /** Of the number that images follow most closely. */
    private Estimate code(ImageSource source) {
        List<EvaluationPlan.Subject> subjects =
                plan.heldOut().subList(0, Math.min(MOST_CODED, plan.heldOut().size()));
        List<CodeCorrelation.Series> series = new ArrayList<>();
        for (int control : ranges()) {
            series.addAll(CodeCorrelation.series(subjects.size(), VALUES, source.generate(prompts(subjects, control))));
        }
        return CodeCorrelation.best(series);
    }

    private List<ImageSource.Prompt> prompts(List<EvaluationPlan.Subject> subjects, int control) {
        Control.Range range = (Control.Range) inputs.controls().get(control);
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            for (int value = 0; value < VALUES; value++) {
                float[] controls = new float[inputs.controls().size()];
                for (int k = 0; k < controls.length; k++) {
                    controls[k] = inputs.controls().get(k).byDefault();
                }
                controls[control] = (float) (range.min() + (range.max() - range.min()) * value / (VALUES - 1));
                // The noise stays, so that only the number changes.
                prompts.add(new ImageSource.Prompt(
                        subject.caption(),
                        subject.embedding(),
                        plan.seed() * SEED_OF_CODES + i,
                        subject.image().label(),
                        controls));
            }
        }
        return prompts;
    }
}
