package dev.limner.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.Conditions;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.RecordError;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model reads of a job: whether the job says it, and the numbers that the model is given. Pure; safe from any thread.
 *
 * <p>A caption that the model does not read is no mistake: it describes the image to people.
 */
public final class JobInputs {
    /** Names of an error's message; a thousand classes are nobody's to read. */
    private static final int NAMED = 20;

    private final String model;
    private final ModelInputs inputs;
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, Control> controls = new LinkedHashMap<>();

    /** @param model its name, for errors */
    public JobInputs(String model, ModelInputs inputs) {
        this.model = model;
        this.inputs = inputs;
        for (int i = 0; i < inputs.labels().size(); i++) {
            labels.put(composed(inputs.labels().get(i)), i);
        }
        inputs.controls().forEach(control -> controls.put(control.name(), control));
    }

    /** Whether a job has to have a caption. */
    public boolean readsCaption() {
        return inputs.readsCaption();
    }

    /** The first thing that is wrong with a job for this model; empty if it can be generated. */
    public Optional<RecordError> mistake(Job job) {
        if (inputs.readsCaption() && job.caption() == null) {
            return Optional.of(new RecordError(ErrorCode.MISSING_FIELD, "caption", null, "caption is missing"));
        }
        return labelMistake(job.label())
                .or(() -> job.controls().entrySet().stream()
                        .flatMap(entry -> controlMistake(entry.getKey(), entry.getValue()).stream())
                        .findFirst());
    }

    private Optional<RecordError> labelMistake(@Nullable String label) {
        if (label == null) {
            return labels.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new RecordError(
                            ErrorCode.INPUT_MISSING,
                            "label",
                            null,
                            "label is missing: model " + model + " has " + named(inputs.labels())));
        }
        if (labels.containsKey(label)) {
            return Optional.empty();
        }
        String has = labels.isEmpty() ? "no labels" : named(inputs.labels());
        return Optional.of(RecordError.of(ErrorCode.LABEL_UNKNOWN, "label", label, "model " + model + " has " + has));
    }

    private Optional<RecordError> controlMistake(String name, JsonNode value) {
        String field = "controls." + name;
        return switch (controls.get(name)) {
            case null -> {
                String has = controls.isEmpty() ? "no controls" : named(controls.keySet());
                yield Optional.of(new RecordError(
                        ErrorCode.CONTROL_UNKNOWN,
                        "controls",
                        name,
                        "controls has '" + name + "', model " + model + " has " + has));
            }
            case Control.Range range -> {
                boolean fits =
                        value.isNumber() && value.doubleValue() >= range.min() && value.doubleValue() <= range.max();
                yield fits
                        ? Optional.empty()
                        : outOfRange(
                                field,
                                value,
                                (value.isNumber() ? "must be from " : "a text, must be a number from ") + range.min()
                                        + " to " + range.max());
            }
            case Control.Choice choice ->
                place(choice, value) >= 0
                        ? Optional.empty()
                        : outOfRange(field, value, "must be one of " + named(choice.choices()));
        };
    }

    private static Optional<RecordError> outOfRange(String field, JsonNode value, String rule) {
        return Optional.of(RecordError.of(ErrorCode.CONTROL_OUT_OF_RANGE, field, value.asText(), rule));
    }

    private static String named(Collection<String> names) {
        String text = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() <= NAMED ? text : text + " and " + (names.size() - NAMED) + " more";
    }

    /**
     * The numbers of a job in which there is no {@link #mistake}.
     *
     * @param sentence the caption's embedding; empty for a model that reads none
     */
    public Conditions conditions(Job job, float[] sentence) {
        int label = labels.isEmpty() ? 0 : Objects.requireNonNull(labels.get(String.valueOf(job.label())));
        float[] values = new float[controls.size()];
        int at = 0;
        for (Control control : controls.values()) {
            values[at++] = value(control, job.controls().get(control.name()));
        }
        return new Conditions(sentence, label, values);
    }

    private static float value(Control control, @Nullable JsonNode said) {
        if (said == null) {
            return control.byDefault();
        }
        return switch (control) {
            case Control.Range range -> (float) said.doubleValue();
            case Control.Choice choice -> place(choice, said);
        };
    }

    /** Of a word among the choices, however its characters were typed; -1 if it is none. */
    private static int place(Control.Choice choice, JsonNode said) {
        String word = composed(said.asText());
        List<String> choices = choice.choices();
        for (int i = 0; i < choices.size(); i++) {
            if (composed(choices.get(i)).equals(word)) {
                return i;
            }
        }
        return -1;
    }

    private static String composed(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFC);
    }
}
